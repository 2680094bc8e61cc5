// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// SignIn says how people whose duties ask for no passkey may sign in besides one.
type SignIn struct {
	// Password lets an invited person choose a password with a code from an app.
	Password bool `koanf:"password"`

	ProviderIssuer     string   `koanf:"provider_issuer"` // OpenID Connect; empty: none
	ProviderClient     string   `koanf:"provider_client"`
	ProviderSecretFile string   `koanf:"provider_secret_file"`
	ProviderName       string   `koanf:"provider_name"`
	ProviderACR        []string `koanf:"provider_acr"`
	ProviderAMR        []string `koanf:"provider_amr"`
}

// ProviderSecret returns the secret this node proves itself with at the provider.
func (s SignIn) ProviderSecret() (string, error) {
	return readSecret("sign_in.provider_secret_file", s.ProviderSecretFile)
}

func (s SignIn) validate(p *problems) {
	if s.ProviderIssuer == "" {
		p.check(s.ProviderClient == "" && s.ProviderSecretFile == "" && s.ProviderName == "" &&
			len(s.ProviderACR) == 0 && len(s.ProviderAMR) == 0, "sign_in.provider_issuer",
			"is needed by the other provider settings")
		return
	}
	p.check(declaredEndpoint(s.ProviderIssuer) && !strings.ContainsAny(s.ProviderIssuer, "?#"),
		"sign_in.provider_issuer", endpointRule)
	p.check(s.ProviderClient != "", "sign_in.provider_client", "must name this node at the provider")
	p.check(s.ProviderSecretFile != "", "sign_in.provider_secret_file",
		"must name a file: without a secret anybody could be this node at the provider")
	p.check(len(s.ProviderName) <= 60, "sign_in.provider_name", "must be at most 60 bytes")
}

// Proxies are the trusted proxies as networks.
func (l Listen) Proxies() []netip.Prefix {
	list := make([]netip.Prefix, 0, len(l.TrustedProxies))
	for _, text := range l.TrustedProxies {
		if network, err := parseNetwork(text); err == nil { // validated when the settings were read
			list = append(list, network)
		}
	}
	return list
}

func (l Listen) validateProxies(p *problems) {
	for i, text := range l.TrustedProxies {
		network, err := parseNetwork(text)
		p.check(err == nil, "listen.trusted_proxies", fmt.Sprintf("entry %d is no address and no network", i+1))
		p.check(err != nil || network.Bits() > 0, "listen.trusted_proxies",
			fmt.Sprintf("entry %d is everybody: name the proxies", i+1))
	}
}

// parseNetwork reads an address or a network in CIDR notation.
func parseNetwork(text string) (netip.Prefix, error) {
	if at, err := netip.ParseAddr(text); err == nil {
		at = at.Unmap()
		return netip.PrefixFrom(at, at.BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	return network.Masked(), err
}
