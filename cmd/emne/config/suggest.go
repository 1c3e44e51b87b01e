package config

import (
	"reflect"
	"strconv"
	"strings"
)

// unknownHint says what was meant by an unknown key: the nearest of the keys
// that may stand there, else the one section where this key belongs, else the
// list of what may stand there.
func unknownHint(key string, names []string) string {
	best, least := "", 1+min(2, len(key)/3)
	for _, name := range names {
		if d := distance(key, name, least); d < least {
			best, least = name, d
		}
	}
	if best != "" {
		return "did you mean " + strconv.Quote(best) + "?"
	}
	if homes := homesOf(key, reflect.TypeFor[Config](), ""); len(homes) == 1 {
		return "it belongs below " + homes[0]
	}
	return "one of " + strings.Join(names, ", ")
}

// homesOf lists the paths of the sections below t that have this key; NAME
// stands for the name of an entry. Config's own keys have the home "the top".
func homesOf(key string, t reflect.Type, path string) []string {
	var homes []string
	f := fieldsOf(t)
	if _, has := f.index[key]; has {
		if path == "" {
			path = "the top level"
		}
		return []string{path}
	}
	for _, name := range f.names {
		switch below := t.Field(f.index[name]).Type; {
		case below.Kind() == reflect.Map:
			homes = append(homes, homesOf(key, below.Elem(), join(path, name)+".NAME")...)
		case below.Kind() == reflect.Struct:
			homes = append(homes, homesOf(key, below, join(path, name))...)
		}
	}
	return homes
}

// distance is the edit distance of a and b with swaps of neighbours counted as
// one (optimal string alignment), or limit when it is that or more.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 0
			if a[i-1] != b[j-1] {
				change = 1
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}
