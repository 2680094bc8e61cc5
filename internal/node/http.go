// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"net/http"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/console"
	"tocsin/internal/locale"
	"tocsin/internal/peer"
	"tocsin/internal/provider"
	"tocsin/internal/publog"
	"tocsin/internal/telemetry"
	"tocsin/wire"
)

// handler is everything under the node's one host name.
func (n *Node) handler() (http.Handler, error) {
	hop, private, err := n.Keys.Signer(tocsin.UseHop)
	if err != nil {
		return nil, err
	}
	inbox, err := peer.NewInbox(peer.InboxConfig{Receiver: n.Flow, Nonces: nonces{n.store}, Key: hop.ID,
		Private: private, Now: n.clock.Now, PublicURL: n.Config.PublicURL, Log: n.log})
	if err != nil {
		return nil, err
	}
	machines, err := n.api()
	if err != nil {
		return nil, err
	}
	people, err := n.console()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(peer.PathInbox, inbox)
	mux.Handle(peer.PathWellKnown, peer.WellKnownHandler(n.wellKnown))
	mux.Handle("/log/", publog.Handler(n.Flow, n.log))
	mux.Handle(api.Base+"/", machines)
	mux.Handle("/", people)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /readyz", n.ready)
	return telemetry.Requests(n.log, n.metrics, telemetry.Route(n.beforeMux(mux))), nil
}

func (n *Node) api() (http.Handler, error) {
	return api.New(api.Deps{Flow: n.Flow, Keys: n.Keys, Log: n.log, Version: telemetry.ReadBuild().Version,
		Pins: api.Pins{Threshold: n.Config.Directory.Threshold,
			Fingerprints: n.Config.Directory.Publishers},
		EnrolmentLink: n.EnrolmentLink})
}

func (n *Node) console() (http.Handler, error) {
	catalogues, err := locale.New()
	if err != nil {
		return nil, err
	}
	deps := console.Deps{Flow: n.Flow, Sessions: n.store.Sessions(n.clock), Clock: n.clock,
		PublicURL: n.PublicURL(), Locale: catalogues, Log: n.log, Demonstration: n.Config.Demonstration,
		Proxies: n.Config.Listen.Proxies(), Blocked: n.metrics.Blocked,
		Media: n.mediaOrigin()}
	if n.Config.SignIn.ProviderIssuer != "" {
		if deps.Provider, err = n.provider(); err != nil {
			return nil, err
		}
	}
	return console.New(deps)
}

// provider is where people may sign in instead, over the one outgoing client.
func (n *Node) provider() (*provider.Provider, error) {
	s := n.Config.SignIn
	secret, err := s.ProviderSecret()
	if err != nil {
		return nil, err
	}
	client := n.out.HTTP()
	return provider.New(provider.Config{Issuer: s.ProviderIssuer, Client: s.ProviderClient, Secret: secret,
		Name: s.ProviderName, ACR: s.ProviderACR, AMR: s.ProviderAMR, Now: n.clock.Now,
		Back:    n.PublicURL().JoinPath("/sign-in/provider/back").String(),
		Through: func(ctx context.Context) context.Context { return oidc.ClientContext(ctx, client) }}), nil
}

// EnrolmentLink is the address at which an invited person enrols her passkey, once.
func (n *Node) EnrolmentLink(token string) string {
	link := n.PublicURL().JoinPath("/enrol")
	link.RawQuery = url.Values{"token": {token}}.Encode()
	return link.String()
}

// ready answers whether this process can do its work: the database answers and the log is served.
func (n *Node) ready(w http.ResponseWriter, r *http.Request) {
	err := n.store.Ready(r.Context())
	if err == nil {
		_, err = n.Flow.CurrentShard(r.Context())
	}
	if err != nil {
		n.log.Warn("not ready", "code", tocsin.CodeOf(err))
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (n *Node) metricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", n.metrics.Handler())
	return mux
}

func (n *Node) wellKnown() peer.WellKnown {
	base := n.PublicURL()
	return peer.WellKnown{Party: tocsin.PartyID(n.Config.Party), Versions: wire.Versions(),
		Inbox: base.JoinPath(peer.PathInbox).String(), Log: base.JoinPath("/log/").String(), Keys: n.Keys.Public()}
}
