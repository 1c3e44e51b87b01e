package store

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// insertLead is what an inquiry costs: the lead, its activity, the audit link
// and a job, durably.
func insertLead(db *DB) error {
	return db.InTx(context.Background(), func(tx process.Tx) error {
		l := &process.Lead{State: "new", Name: "Kari Nordmann", Email: "kari@example.com", Subject: "Tilbud på tak",
			Message: "Hei, vi ønsker et tilbud på nytt tak til hytta vår.", Source: "form:website", Thread: process.NewID(time.Now())}
		if err := tx.Leads().Insert(l); err != nil {
			return err
		}
		about := process.Ref{Type: process.TypeLead, ID: l.ID}
		if err := tx.AddActivity(process.Activity{Type: "lead.created", About: about, Thread: l.Thread, Actor: process.System()}); err != nil {
			return err
		}
		if err := tx.Audit(process.AuditEntry{Kind: "lead.created", About: about, Actor: process.System(), Payload: []byte("{}")}); err != nil {
			return err
		}
		return tx.Enqueue(process.SendDelivery{Delivery: l.ID}, time.Time{})
	})
}

func BenchmarkInsertLead(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *DB
	}{{"sqlite", openSQLite}, {"postgres", openPostgres}} {
		for _, clients := range []int{1, 64} {
			b.Run(engine.name+"/clients="+map[int]string{1: "1", 64: "64"}[clients], func(b *testing.B) {
				db := engine.open(b)
				var left atomic.Int64
				left.Store(int64(b.N))
				b.ReportAllocs()
				b.ResetTimer()
				var wg sync.WaitGroup
				for range clients {
					wg.Go(func() {
						for left.Add(-1) >= 0 {
							if err := insertLead(db); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
			})
		}
	}
}

// BenchmarkFold folds what mails of 8 KB say, another one each time.
func BenchmarkFold(b *testing.B) {
	words := strings.Fields("vi trenger et tilbud nå nytt tak til hytta kan dere komme til befaring neste uke pris levering montering garasje betong vennlig hilsen takk for svar we need a quote by Friday")
	random := rand.New(rand.NewPCG(1, 0))
	texts := make([]string, 300)
	for i := range texts {
		var text strings.Builder
		for text.Len() < 8<<10 {
			text.WriteString(words[random.IntN(len(words))])
			if random.IntN(40) == 0 {
				text.WriteString(".\n")
			} else {
				text.WriteByte(' ')
			}
		}
		texts[i] = text.String()
	}
	b.SetBytes(8 << 10)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if searchText(texts[i%len(texts):i%len(texts)+1]) == "" {
			b.Fatal("nothing to search")
		}
	}
}
