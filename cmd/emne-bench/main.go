package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// parts are what can be measured; without a name all of them are.
var parts = []struct {
	name string
	run  func(ctx context.Context, args []string) error
}{
	{"mail", measureMail},
	{"latency", measureLatency},
	{"chain", measureChain},
	{"documents", measureDocuments},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "emne-bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == readerPart {
		return readMailbox(ctx, os.Stdin, os.Stdout)
	}
	if len(args) > 0 && args[0] == fillPart {
		return fillDatabase(ctx, os.Stdin)
	}
	if len(args) == 0 {
		for _, p := range parts {
			if err := p.run(ctx, nil); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
		return nil
	}
	for _, p := range parts {
		if p.name == args[0] {
			return p.run(ctx, args[1:])
		}
	}
	return fmt.Errorf("there is no part %q", args[0])
}
