// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
)

// Base is the path below which everything of this package is served.
const Base = "/api/v1"

// maxBody bounds the body of a request in bytes, save that of a directory.
const maxBody = 1 << 20

// Keys says whose token a request carries.
type Keys interface {
	// CheckServiceKey gives the key of a token, or an error of [tocsin.CodeUnauthenticated]; [tocsin.CodeBusy] where it
	// asks too often.
	CheckServiceKey(token string, at time.Time) (keyring.ServiceKey, error)
}

// Deps is what a node plugs in.
type Deps struct {
	Flow    *flow.Flow
	Keys    Keys
	Log     *slog.Logger
	Version string // of the program
	Pins    Pins   // the publishers whose directories count
	// EnrolmentLink makes the address at which an invited person enrols, of her one-time token.
	EnrolmentLink func(token string) string
}

// service holds what operations share.
type service struct {
	Deps
	mux  *http.ServeMux
	huma huma.API
	// described is the document of the operations, written when it is first asked for.
	described func() ([]byte, error)
}

// New gives the handler to be mounted at [Base] and below.
func New(d Deps) (http.Handler, error) {
	s := newService(d)
	return http.HandlerFunc(s.serve), nil
}

func newService(d Deps) *service {
	s := &service{Deps: d, mux: http.NewServeMux()}
	s.huma = humago.NewWithPrefix(s.mux, Base, s.settings())
	s.routes()
	s.described = sync.OnceValues(s.describeAll)
	s.mux.HandleFunc("GET "+Base+"/openapi.json", s.serveSpecification)
	s.mux.HandleFunc(Base+"/", s.elsewhere)
	return s
}

// settings leaves out what the framework would serve by itself, and everything that is not strict.
func (s *service) settings() huma.Config {
	c := huma.DefaultConfig("Tocsin node", SpecVersion)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	strict := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: decodeBody}
	c.Formats = map[string]huma.Format{"application/json": strict, "json": strict} // the second: problem+json
	c.RejectUnknownQueryParameters = true
	// What an order must hold the domain decides, and names the exact field; the node fills in the rest.
	c.FieldsOptionalByDefault = true
	c.Transformers = []huma.Transformer{describe}
	c.Info.Description = description
	c.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{securityScheme: {Type: "http",
		Scheme: "bearer",
		Description: "The token (tsk_…) of a service key. 'tocsin keys service new' makes one and names its " +
			"scopes."}}
	return c
}

// serve establishes who asks before anything of the request is looked at.
func (s *service) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if s.coop(w, r) {
		return
	}
	if r.URL.Path != Base+"/openapi.json" {
		actor, err := s.actor(r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), actorKey{}, actor))
	}
	if err := checkRequest(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// elsewhere answers what no operation matches: the path is unknown, or takes another method.
func (s *service) elsewhere(w http.ResponseWriter, r *http.Request) {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != Base+"/" && pattern != "" {
			w.Header().Add("Allow", method)
		}
	}
	if w.Header().Get("Allow") != "" {
		writeProblem(w, methodNotAllowed())
		return
	}
	s.refuse(w, r, tocsin.Errorf(tocsin.CodeNotFound, reasonUnknownPath, "There is nothing at this path."))
}
