// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed asset/*.css asset/*.js asset/*.svg
var assetFiles embed.FS

// assets are the style sheet, scripts and pictures. Their addresses carry a digest of all of them, so that
// a browser may keep them for ever and a new release is never mixed with an old one.
type assets struct {
	version string
	files   map[string][]byte
}

func loadAssets() (assets, error) {
	a := assets{files: map[string][]byte{}}
	sum := sha256.New()
	names, err := fs.Glob(assetFiles, "asset/*")
	if err != nil {
		return a, fmt.Errorf("list assets: %w", err)
	}
	for _, name := range names {
		content, err := assetFiles.ReadFile(name)
		if err != nil {
			return a, fmt.Errorf("read asset: %w", err)
		}
		a.files[path.Base(name)] = content
		_, _ = fmt.Fprintf(sum, "%s %d\n%s", name, len(content), content)
	}
	a.version = strings.ToLower(base32.StdEncoding.EncodeToString(sum.Sum(nil)[:10]))
	return a, nil
}

func (a assets) address(file string) string { return "/assets/" + a.version + "/" + file }

// kinds does not ask the machine, whose tables differ.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// ServeHTTP gives a file of this release; one of another is not there.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	content, ok := a.files[name]
	if !ok || r.PathValue("version") != a.version {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kinds[path.Ext(name)])
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if r.Method != http.MethodHead {
		_, _ = w.Write(content)
	}
}
