// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package visitor

import (
	"encoding/json"
	"net/http"
	"time"
)

// Platform is a platform that knows every reference and does whatever it is told. It checks no signature: who calls it
// is the node under test.
func Platform() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /callback", func(w http.ResponseWriter, r *http.Request) {
		var told struct {
			ID   string `json:"id"`
			Data struct {
				Restrictions []json.RawMessage `json:"restrictions"`
			} `json:"data"`
		}
		if err := json.NewDecoder(r.Body).Decode(&told); err != nil {
			http.Error(w, "no event", http.StatusBadRequest)
			return
		}
		action := "restricted"
		if len(told.Data.Restrictions) == 0 {
			action = "reinstated"
		}
		answer(w, map[string]any{"measure": map[string]string{"event": told.ID, "action": action,
			"at": time.Now().UTC().Format(time.RFC3339Nano)}})
	})
	mux.HandleFunc("POST /resolve", func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Ref string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			http.Error(w, "no question", http.StatusBadRequest)
			return
		}
		if asked.Ref == "" {
			answer(w, map[string]string{"kind": "none"})
			return
		}
		answer(w, map[string]string{"kind": "item", "ref": asked.Ref, "address": "https://board.example/post/" + asked.Ref})
	})
	return mux
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // a node that went away asks again
}
