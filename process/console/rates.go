package console

import "github.com/emne/emne/process"

func rateRow(v *visit, r process.Rate) row {
	return v.row(process.TypeRate, r.ID, words(v.date(r.Date)), words(r.Currency), figure(v.price(r.Rate, r.Base)), words(v.t("rate."+r.Source)))
}

func rateForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	others := v.currencies()[1:]
	if in.value("currency") == "" {
		others = append([]option{{Label: v.t("option.choose")}}, others...)
	}
	return form{Sections: []section{{Fields: []field{f(kindSelect, "currency", required, choices(others)), f(kindDate, "date", value(string(v.today()))),
		f(kindDecimal, "rate", required, hint(v.t("hint.rate", "company", v.settings.Currency)), func(f *field) { f.Label = v.t("field.exchange_rate") }),
		f(kindDecimal, "units", hint(v.t("hint.units")))}}}}
}

func readRate(v *visit, id string) (*recordPage, error) {
	r, err := v.s.Rates().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeRate, r.Record, r.State, r.Currency+" "+v.date(r.Date))
	p.fact(v.t("field.date"), words(v.date(r.Date)))
	p.fact(v.t("field.exchange_rate"), words("1 "+r.Currency+" = "+v.price(r.Rate, r.Base)))
	p.fact(v.t("field.source"), words(v.t("rate."+r.Source)))
	return p, nil
}
