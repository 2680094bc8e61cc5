// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// gallery shows the components that other pages use, under the console's own headers and assets, so that a browser
// judges them before such a page exists.
type gallery struct {
	url     string
	media   atomic.Int64 // requests for the picture
	undone  atomic.Int64
	revised atomic.Int64 // version of its one row
}

func newGallery(t *testing.T, w *world, n *node) *gallery {
	t.Helper()
	inside, err := url.Parse(n.url)
	check(t, err)
	target, err := url.Parse("http://127.0.0.1:" + inside.Port())
	check(t, err)
	catalogues, err := locale.New()
	check(t, err)
	door, err := http.Get(target.String() + "/sign-in")
	check(t, err)
	defer func() { _ = door.Body.Close() }()
	var html bytes.Buffer
	_, err = html.ReadFrom(door.Body)
	check(t, err)
	assets := regexp.MustCompile(`/assets/[^/]+/`).FindString(html.String())

	g := &gallery{}
	mux := http.NewServeMux()
	mux.Handle("/", httputil.NewSingleHostReverseProxy(target))
	mux.HandleFunc("GET /gallery/picture.png", func(w http.ResponseWriter, _ *http.Request) {
		g.media.Add(1)
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(garden(t))
	})
	mux.HandleFunc("POST /gallery/see", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"views":[{"file":0,"address":"/gallery/picture.png"}],"seen":"One."}`)
	})
	mux.HandleFunc("POST /gallery/sent", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/gallery?plain&sent="+r.PostFormValue("next"), http.StatusSeeOther)
	})
	mux.HandleFunc("POST /gallery/undo", func(w http.ResponseWriter, r *http.Request) {
		g.undone.Add(1)
		http.Redirect(w, r, "/gallery?plain", http.StatusSeeOther)
	})
	mux.Handle("GET /gallery", catalogues.Middleware(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		f := &page.Frame{Node: "Garden board", Person: "Everyone", Zone: time.UTC, Now: w.clock.Now(), Path: "/gallery",
			Asset:    func(file string) string { return assets + file },
			Wellness: flow.DefaultWellness(), Break: !r.URL.Query().Has("plain")}
		if f.Break {
			f.Notice, f.Undo = "The kettle is on.", &page.Undo{Address: "/gallery/undo", Until: f.Now.Add(15 * time.Minute)}
		}
		out.Header().Set("Content-Security-Policy", door.Header.Get("Content-Security-Policy"))
		out.Header().Set("Content-Type", "text/html; charset=utf-8")
		ctx := templ.WithChildren(page.With(r.Context(), f), g.shown(r))
		check(t, page.Layout("Gallery").Render(ctx, out))
	})))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	g.url = strings.Replace(server.URL, "127.0.0.1", "gallery.localhost", 1)
	return g
}

// shown is the matter of the page.
func (g *gallery) shown(r *http.Request) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
		row := templ.ComponentFunc(func(_ context.Context, out io.Writer) error {
			_, err := fmt.Fprintf(out, `<p data-mark="row/%d">Revision %d</p>`, g.revised.Load(), g.revised.Load())
			return err
		})
		medium := page.Medium{Kind: page.MediaImage}
		if r.URL.Query().Get("show") == "medium" {
			medium.Address = "/gallery/picture.png"
		}
		sight := page.Sight{Files: []page.Medium{medium}, Ask: "/gallery/see", Said: []tocsin.Category{tocsin.CategoryInstructs}}
		for _, c := range []templ.Component{
			heading("Gallery"),
			page.Sights(sight),
			page.Acts([]page.Act{{Label: "Open the bridge", Address: "/gallery?bridge", Primary: true, Effect: "People cross."},
				{Label: "Close the bridge", Why: "It is wet."}, {Label: "Boil water", Address: "/gallery/undo", Post: true}}),
			templ.Raw(`<form method="post" action="/gallery/sent" data-main><input name="note" aria-label="Note">` +
				`<button type="submit">Send</button> <button type="submit" name="next" value="yes" data-next>Send, next</button></form>`),
			page.Progress(page.Progressing{ID: "kettles", Label: "Kettles filled", Done: 3, Total: 20, Failed: 1}),
			page.Progress(page.Progressing{ID: "beds", Label: "Beds dug"}),
			page.Empty(page.Blank{Says: "No kettle yet.", Explain: "Kettles come in the morning.", Address: "/gallery", Label: "Look again"}),
			page.Chart(page.StateFigures(ctx, "demo", tocsin.KindIssuedOrder, "Orders", []string{"draft", "running", "overdue", "complied"},
				map[string]int64{"draft": 4, "running": 12, "overdue": 1, "complied": 1_250})),
		} {
			if err := c.Render(ctx, out); err != nil {
				return err
			}
		}
		return page.Refreshed().Render(templ.WithChildren(ctx, row), out)
	})
}

func heading(text string) templ.Component {
	return templ.Raw("<h1>" + text + "</h1>")
}

// garden is a picture of nothing.
func garden(t *testing.T) []byte {
	m := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			m.Set(x, y, color.RGBA{uint8(x / 2), uint8(200 - y/2), uint8(80 + (x/20+y/20)%2*80), 255})
		}
	}
	var out bytes.Buffer
	check(t, png.Encode(&out, m))
	return out.Bytes()
}

// js evaluates an expression in the page.
func js[T any](p *tab, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	check(p.t, err)
	return value
}

// until waits for something that the page comes to by itself.
func (p *tab) until(expression string) {
	p.t.Helper()
	for range 1200 {
		if ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](expression)); err == nil && ok {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	p.picture("failed")
	p.t.Fatalf("never true: %s\n%s", expression, p.words())
}

// settles waits until a page stands whose address ends so.
func (p *tab) settles(end string) {
	p.t.Helper()
	p.until("document.readyState === 'complete' && location.href.endsWith('" + end + "')")
}

// key presses or releases one key.
func (p *tab) key(kind input.DispatchKeyEventType, key, code string, modifiers int64) {
	p.t.Helper()
	text := ""
	if kind == input.DispatchKeyEventTypeKeyDown && len(key) == 1 && modifiers&^8 == 0 {
		text = key
	}
	call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: key, Code: code, Text: text, Modifiers: modifiers})
}

const veiled = `getComputedStyle(document.querySelector("#media-0 .place > *")).filter`

// TestMediaShowsNothingBeforeAPress holds the rule of every page with media: no request, and nothing to see, until
// the button is pressed; passing over it does nothing; what is shown is veiled as the person prefers.
func TestMediaShowsNothingBeforeAPress(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	w := newWorld(t, false, authority)
	g := newGallery(t, w, w.nodes[authority])
	p := b.sit(g.url)
	p.open("/gallery")
	at := js[[]float64](p, `(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector("#media-0 .place").getBoundingClientRect())`)
	p.run(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0]+4, at[1]+4))
	if js[bool](p, `document.querySelector("#media-0 .place").childElementCount > 0`) || g.media.Load() != 0 {
		t.Fatal("a pointer that passes by shows it")
	}
	p.picture("gallery")
	p.reach("Show it")
	p.press(kb.Enter)
	p.until(`document.querySelector("#media-0 img")?.complete === true`)
	if got := js[string](p, veiled); !strings.Contains(got, "blur(28px)") || !strings.Contains(got, "grayscale(1)") {
		t.Errorf("it is shown as %q", got)
	}
	p.picture("gallery-shown")
	p.run(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]))
	if got := js[string](p, veiled); !strings.Contains(got, "blur") {
		t.Error("a pointer that passes by lifts the veil")
	}
	js[bool](p, `document.activeElement.blur(), true`)
	p.key(input.DispatchKeyEventTypeKeyDown, " ", "Space", 0)
	p.until(`!` + veiled + `.includes("blur")`)
	p.key(input.DispatchKeyEventTypeKeyUp, " ", "Space", 0)
	p.until(veiled + `.includes("blur")`)
	p.click("See it clearly")
	p.until(`document.querySelector("[data-clear]").getAttribute("aria-pressed") === "true" && !` + veiled + `.includes("blur")`)
	if got := js[string](p, veiled); !strings.Contains(got, "grayscale") {
		t.Error("colour comes back with the outlines")
	}
	if n := g.media.Load(); n != 1 {
		t.Errorf("the picture was asked for %d times", n)
	}
	p.open("/gallery?show=medium") // the way of who has no script
	p.until(`document.querySelector("#media-0 img")?.complete === true && ` + veiled + `.includes("blur(28px)")`)
	g.mustBeReadable(p)
}

// mustBeReadable looks at the components as at any page.
func (g *gallery) mustBeReadable(p *tab) {
	p.t.Helper()
	for _, language := range []string{"en", "ar"} {
		p.speaks(language)
		p.sees(looks[0])
		p.open("/gallery?show=medium")
		for _, l := range looks {
			p.sees(l)
			where := "gallery-" + language + "-" + l.name
			p.picture(where)
			p.mustFit(where, l.width)
			switch axe := axeText(p.t); {
			case axe == "":
			case l.axe == whole:
				p.mustPass(axe, where)
			case l.axe == painted:
				p.mustBePainted(where)
			}
		}
	}
}

// TestWhatWasDoneIsTakenBackByOneKey undoes, counts off actions and renews a list.
func TestWhatWasDoneIsTakenBackByOneKey(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	w := newWorld(t, false, authority)
	g := newGallery(t, w, w.nodes[authority])
	p := b.sit(g.url)
	p.open("/gallery")
	p.reads("The kettle is on.")
	p.press("u")
	p.settles("?plain")
	if g.undone.Load() != 1 {
		t.Errorf("undone %d times", g.undone.Load())
	}
	js[bool](p, `window.seen = true`)
	p.press("2") // not possible now: it keeps its number and does nothing
	p.press("3")
	eventually(t, "the third action", func() bool { return g.undone.Load() == 2 })
	p.until(`window.seen === undefined`) // another page stands
	p.settles("?plain")
	p.press("1")
	p.settles("?bridge")
	p.open("/gallery?plain")
	p.press(kb.Enter)
	p.settles("&sent=")
	p.key(input.DispatchKeyEventTypeRawKeyDown, "Enter", "Enter", 8) // with Shift
	p.settles("&sent=yes")

	g.revised.Add(1)
	js[bool](p, `document.dispatchEvent(new Event("visibilitychange"))`)
	p.reads("Revision 1")
	p.until(`document.querySelector("[data-refresh-bar] [data-says]").textContent === "The list was renewed."`)
	p.click("Pause the renewal")
	g.revised.Add(1)
	js[bool](p, `document.dispatchEvent(new Event("visibilitychange"))`)
	p.until(`document.querySelector("[data-pause]").getAttribute("aria-pressed") === "true"`)
	if strings.Contains(p.words(), "Revision 2") {
		t.Error("a paused list was renewed")
	}
}
