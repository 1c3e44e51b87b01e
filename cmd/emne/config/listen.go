package config

import "net/netip"

// Listen says where the server is reached.
type Listen struct {
	// HTTP is the host:port of console, portal, API and hooks.
	HTTP string `yaml:"http"`
	// Metrics is the host:port of /metrics. Empty: no metrics are served.
	Metrics string `yaml:"metrics"`
	// PublicURL is the base of customers' links, without a slash at its end.
	// Default: http:// and HTTP, which only this machine can follow.
	PublicURL string `yaml:"public_url"`
	// Hosts are further names, without port, under which the console is opened.
	Hosts []string `yaml:"hosts"`
	// TrustedProxies are the networks whose X-Forwarded-* headers are believed.
	TrustedProxies []netip.Prefix `yaml:"trusted_proxies"`
}
