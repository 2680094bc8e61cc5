// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"tocsin"
	"tocsin/internal/media"
)

// browser is Chromium as one test uses it. Each person gets a context of her own in it: own cookies, own
// authenticator.
type browser struct {
	t    *testing.T
	ctx  context.Context
	shot string // folder for pictures; empty for none
}

// findChromium gives the program, or skips loudly.
func findChromium(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TOCSIN_TEST_CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("NOT TESTED: no Chromium. Set TOCSIN_TEST_CHROMIUM to run the console in a real browser.")
	return ""
}

// chromium is the one process that all tests of this package share: each person still has cookies and a
// passkey device of her own. Starting one for each test took more time than what the tests do.
var chromium struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	if code, child := media.RunIfChild(); child {
		os.Exit(code)
	}
	code := m.Run()
	if chromium.stop != nil {
		chromium.stop()
	}
	for _, dir := range removeAtEnd {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	path := findChromium(t)
	chromium.once.Do(func() { startChromium(path) })
	check(t, chromium.err)
	b := &browser{t: t, ctx: chromium.ctx, shot: os.Getenv("TOCSIN_TEST_SCREENSHOTS")}
	if b.shot != "" {
		check(t, os.MkdirAll(b.shot, 0o700))
	}
	return b
}

func startChromium(path string) {
	profile, err := os.MkdirTemp("", "tocsin-chromium-")
	if err != nil {
		chromium.err = err
		return
	}
	options := append(
		chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.UserDataDir(profile),
		chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en"),
	)
	allocator, kill := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	chromium.ctx, chromium.err = ctx, chromedp.Do(ctx)
	chromium.stop = func() {
		// Cancel closes the browser and waits for its process; kill would only end it.
		_ = chromedp.Cancel(ctx)
		cancel()
		kill()
		_ = os.RemoveAll(profile)
	}
}

// tab is a page in front of a person. Whatever the content security policy blocks, or a script throws,
// fails the test.
type tab struct {
	*browser
	ctx context.Context
	url string
	// device is the person's passkey device.
	device webauthn.AuthenticatorID

	mu      sync.Mutex
	trouble []string
	asked   []string // addresses that it asked for, once the network is watched
}

// sit gives a person a browser of her own, with a passkey device that always agrees.
func (b *browser) sit(url string) *tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	b.t.Cleanup(cancel)
	p := &tab{browser: b, ctx: ctx, url: url}
	check(b.t, chromedp.Listen(ctx, p.listen))
	b.t.Cleanup(func() {
		for _, line := range p.seen() {
			b.t.Errorf("browser: %s", line)
		}
	})
	call(p, audits.Enable, cdp.Empty{})
	call(p, log.Enable, cdp.Empty{})
	call(p, webauthn.Enable, webauthn.EnableParams{})
	added := call(p, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
		Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
			AutomaticPresenceSimulation: true,
		}})
	p.device = added.AuthenticatorID
	return p
}

// call sends the browser a command of its own protocol.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	check(p.t, err)
	return result
}

func (p *tab) listen(event any) {
	var line string
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.mu.Lock()
		p.asked = append(p.asked, e.Request.URL)
		p.mu.Unlock()
	case *audits.EventIssueAdded:
		if e.Issue.Code == audits.InspectorIssueCodeContentSecurityPolicyIssue {
			line = "content security policy: " + e.Issue.Details.ContentSecurityPolicyIssueDetails.ViolatedDirective
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			line = "log: " + e.Entry.Text
		}
	case *runtime.EventExceptionThrown:
		line = "exception: " + e.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			line = "console." + string(e.Type)
		}
	}
	if line != "" {
		p.mu.Lock()
		p.trouble = append(p.trouble, line)
		p.mu.Unlock()
	}
}

func (p *tab) seen() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trouble
}

func (p *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	err := chromedp.Do(ctx, actions...)
	// An element that was found can be gone when it is pressed, while a page makes place for the next one.
	for try := 0; err != nil && strings.Contains(err.Error(), "No node with given id") && try < 3; try++ {
		err = chromedp.Do(ctx, actions...)
	}
	if err != nil {
		p.picture("failed")
		p.t.Fatalf("%v\n%s", err, p.words())
	}
}

// patience is how long a browser on a busy machine may take for one thing.
const patience = 30 * time.Second

// words is what the page says, on one line.
func (p *tab) words() string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	// It fails while the page changes; whoever waits asks again.
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + " " + document.body.innerText`))
	return strings.Join(strings.Fields(text), " ")
}

func (p *tab) open(path string) {
	p.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = p.url + path
	}
	p.run(chromedp.Navigate(path))
}

// click presses a button or follows a link by its words, and waits until the next page stands.
func (p *tab) click(label string) {
	p.t.Helper()
	xpath := `//*[self::a or self::button][contains(normalize-space(.), "` + label + `")][not(contains(@class, "unseen"))]`
	p.run(chromedp.Click(xpath))
}

func (p *tab) fill(field, text string) {
	p.t.Helper()
	p.run(chromedp.SendKeys(byName(field), text))
}

func byName(field string) chromedp.CSS { return chromedp.CSS(`[name="` + field + `"]`) }

// tick sets every box of a name.
func (p *tab) tick(field string, values ...string) {
	p.t.Helper()
	for _, v := range values {
		p.run(chromedp.Click(byName(field) + chromedp.CSS(`[value="`+v+`"]`)))
	}
}

// reads waits until the page says something.
func (p *tab) reads(text string) {
	p.t.Helper()
	for range 1200 { // a minute, of which a machine that does nothing else needs none
		if strings.Contains(p.words(), text) && p.loaded() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.picture("failed")
	p.t.Fatalf("the page never said %q:\n%s", text, p.words())
}

// loaded reports whether the page has run its scripts: before, a key does what it does where none run.
func (p *tab) loaded() bool {
	ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`document.readyState === "complete"`))
	return err == nil && ok
}

// reloads looks again until the page says something; pages do not change under their reader's eyes.
func (p *tab) reloads(text string) {
	p.t.Helper()
	for range 100 {
		p.run(chromedp.Reload())
		if strings.Contains(p.words(), text) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.picture("failed")
	p.t.Fatalf("the page never said %q:\n%s", text, p.words())
}

func (p *tab) picture(name string) {
	if p.shot == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	// What changed since the page came is painted with the next frame.
	_, _ = chromedp.Run(ctx, chromedp.Evaluate[bool](
		`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`, chromedp.EvalAwaitPromise))
	how, err := chromedp.Run(ctx, chromedp.Evaluate[struct{ Width, Height, Dense float64 }](
		`({Width: innerWidth, Height: Math.max(document.documentElement.scrollHeight, innerHeight), Dense: devicePixelRatio})`))
	if err != nil {
		return
	}
	take := page.CaptureScreenshotParams{OptimizeForSpeed: new(true), CaptureBeyondViewport: new(true)}
	if how.Dense > 1 { // as large as it is laid out: to draw and to pack four times the points takes longer than the test
		take.Clip = &page.Viewport{Width: how.Width, Height: how.Height, Scale: 1 / how.Dense}
	}
	if b, err := chromedp.Call(ctx, page.CaptureScreenshot, take); err == nil {
		_ = os.WriteFile(filepath.Join(p.shot, name+".png"), b.Data, 0o600)
	}
}

// sees sets how the page is seen.
func (p *tab) sees(l look) {
	p.t.Helper()
	feature := func(name string, on bool, value string) *emulation.MediaFeature {
		if !on {
			value = ""
		}
		return &emulation.MediaFeature{Name: name, Value: value}
	}
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.width, Height: 900, DeviceScaleFactor: l.scale})
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		feature("forced-colors", l.forced, "active"),
		feature("prefers-reduced-motion", l.forced, "reduce"),
	}})
}

// speaks sets the language that the browser asks for.
func (p *tab) speaks(language string) {
	p.t.Helper()
	call(p, network.Enable, network.EnableParams{})
	call(
		p,
		network.SetExtraHTTPHeaders,
		network.SetExtraHTTPHeadersParams{Headers: map[string]any{"Accept-Language": language}},
	)
}

// enrol opens an invitation and makes a passkey.
func (b *browser) enrol(w *world, at tocsin.PartyID, name string, duties ...tocsin.Duty) *tab {
	b.t.Helper()
	p := b.sit(w.nodes[at].url)
	p.open(w.invite(at, name, duties...))
	p.click("Make my passkey")
	p.reads("Your passkey is enrolled")
	return p
}
