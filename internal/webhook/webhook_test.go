// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package webhook_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/webhook"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 123456000, time.UTC)

// The example of the Standard Webhooks specification.
const (
	specSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	specID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	specTime      = 1614265330
	specBody      = `{"test": 2432232314}`
	specSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

func mustSecret(t *testing.T, text string) webhook.Secret {
	t.Helper()
	s, err := webhook.ParseSecret(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustSigner(t *testing.T, secrets ...webhook.Secret) *webhook.Signer {
	t.Helper()
	s, err := webhook.NewSigner("https://node.example", secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustVerifier(t *testing.T, secrets ...webhook.Secret) *webhook.Verifier {
	t.Helper()
	v, err := webhook.NewVerifier(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSignatureOfTheSpecificationIsReproduced(t *testing.T) {
	t.Parallel()
	at := time.Unix(specTime, 0)
	header, err := mustSigner(t, mustSecret(t, specSecret)).Sign(specID, at, []byte(specBody))
	if err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"Webhook-Id": {specID}, "Webhook-Timestamp": {"1614265330"}, "Webhook-Signature": {specSignature},
	}
	if diff := cmp.Diff(want, header); diff != "" {
		t.Fatal(diff)
	}
	m, err := mustVerifier(t, mustSecret(t, specSecret)).Verify(header, []byte(specBody), at)
	if err != nil || m.ID != specID || !m.At.Equal(at) {
		t.Fatalf("got %v %v", m, err)
	}
}

func TestSecretWithAndWithoutPrefixIsTheSameKey(t *testing.T) {
	t.Parallel()
	bare := mustSecret(t, strings.TrimPrefix(specSecret, "whsec_"))
	if bare.Reveal() != specSecret {
		t.Fatalf("got %s", bare.Reveal())
	}
}

func TestSecretOfWrongSizeOrSpellingIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "whsec_", "whsec_MfKQ9r8GKYqrTwjUPD8I", "whsec_" + strings.Repeat("A", 88), "whsec_!!!!",
		specSecret + "\n", " " + specSecret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS_",
	} {
		if _, err := webhook.ParseSecret(text); err == nil {
			t.Errorf("%q accepted", text)
		} else if len(text) > 12 && strings.Contains(err.Error(), text[6:]) {
			t.Errorf("the error repeats the secret")
		}
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	secret := webhook.NewSecret()
	if webhook.NewSecret().Reveal() == secret.Reveal() {
		t.Fatal("two fresh secrets are equal")
	}
	var log bytes.Buffer
	inside := struct{ S webhook.Secret }{secret}
	slog.New(slog.NewJSONHandler(&log, nil)).Info("secret", "value", secret, "in", inside)
	encoded, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%v %+v %#v %s %q %s %s", secret, secret, secret, secret, secret, encoded, log.String())
	body := strings.TrimPrefix(secret.Reveal(), "whsec_")
	if strings.Contains(text, body) || strings.Contains(text, body[:8]) {
		t.Fatalf("printed: %s", text)
	}
}

func TestDuringRotationEitherSecretVerifies(t *testing.T) {
	t.Parallel()
	older, newer, other := webhook.NewSecret(), webhook.NewSecret(), webhook.NewSecret()
	header, err := mustSigner(t, newer, older).Sign("evt_1", noon, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		secrets []webhook.Secret
		want    error
	}{
		"old": {[]webhook.Secret{older}, nil}, "new": {[]webhook.Secret{newer}, nil},
		"other":  {[]webhook.Secret{other}, webhook.ErrSignature},
		"one of": {[]webhook.Secret{other, older}, nil},
	} {
		if _, err := mustVerifier(t, c.secrets...).Verify(header, []byte("{}"), noon); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestMessageFiveMinutesAwayIsTheLastAccepted(t *testing.T) {
	t.Parallel()
	secret := webhook.NewSecret()
	header, err := mustSigner(t, secret).Sign("evt_1", noon, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	sent := noon.Truncate(time.Second)
	for _, c := range []struct {
		now  time.Time
		want error
	}{
		{sent.Add(5 * time.Minute), nil},
		{sent.Add(-5 * time.Minute), nil},
		{sent.Add(5*time.Minute + time.Nanosecond), webhook.ErrTooOld},
		{sent.Add(-5*time.Minute - time.Nanosecond), webhook.ErrTooNew},
		{sent.Add(-6 * time.Minute), webhook.ErrTooNew},
	} {
		if _, err := mustVerifier(t, secret).Verify(header, []byte("{}"), c.now); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.now.Sub(sent), err, c.want)
		}
	}
}

func TestAnyChangeToASignedMessageIsRefused(t *testing.T) {
	t.Parallel()
	secret := webhook.NewSecret()
	body := []byte(`{"kettle":1}`)
	header, err := mustSigner(t, secret).Sign("evt_1", noon, body)
	if err != nil {
		t.Fatal(err)
	}
	signature, seconds := header.Get("Webhook-Signature"), header.Get("Webhook-Timestamp")
	for _, c := range []struct {
		name, header string
		values       []string
		want         error
	}{
		{"other id", "Webhook-Id", []string{"evt_2"}, webhook.ErrSignature},
		{"full stop in the id", "Webhook-Id", []string{"evt_1.5"}, webhook.ErrHeaders},
		{"no id", "Webhook-Id", nil, webhook.ErrHeaders},
		{"two ids", "Webhook-Id", []string{"evt_1", "evt_1"}, webhook.ErrHeaders},
		{"other time", "Webhook-Timestamp", []string{fmt.Sprint(noon.Unix() + 1)}, webhook.ErrSignature},
		{"time with a sign", "Webhook-Timestamp", []string{"+" + seconds}, webhook.ErrHeaders},
		{"time with a zero", "Webhook-Timestamp", []string{"0" + seconds}, webhook.ErrHeaders},
		{"time is a word", "Webhook-Timestamp", []string{"noon"}, webhook.ErrHeaders},
		{"negative time", "Webhook-Timestamp", []string{"-1"}, webhook.ErrHeaders},
		{"no signature", "Webhook-Signature", nil, webhook.ErrHeaders},
		{"other scheme", "Webhook-Signature", []string{"v9" + signature[2:]}, webhook.ErrSignature},
		{"no scheme", "Webhook-Signature", []string{signature[3:]}, webhook.ErrSignature},
		{"too many to try", "Webhook-Signature", []string{strings.Repeat("v1,x ", 9)}, webhook.ErrHeaders},
		{"junk before a good one", "Webhook-Signature", []string{"v1,x v1a,y " + signature}, nil},
	} {
		h := header.Clone()
		h[c.header] = c.values
		if _, err := mustVerifier(t, secret).Verify(h, body, noon); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, other := range []string{"", "{}", string(body) + " "} {
		if _, err := mustVerifier(t, secret).Verify(header, []byte(other), noon); err == nil {
			t.Errorf("body %q accepted", other)
		}
	}
}

func TestFullStopCannotMoveBytesBetweenParts(t *testing.T) {
	t.Parallel()
	if _, err := mustSigner(t, webhook.NewSecret()).Sign("evt_1.1", noon, nil); err == nil {
		t.Fatal("an id with a full stop was signed")
	}
}

func TestEventIsCloudEventsAndTheSameOnEveryAttempt(t *testing.T) {
	t.Parallel()
	signer := mustSigner(t, webhook.NewSecret())
	local := noon.In(time.FixedZone("", 3600))
	header, body, err := signer.Event("evt_1", "tocsin.item.restricted", local, noon, json.RawMessage(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"specversion":"1.0","id":"evt_1","source":"https://node.example",` +
		`"type":"tocsin.item.restricted","time":"2026-03-04T12:00:00.123456Z",` +
		`"datacontenttype":"application/json","data":{"a":1}}`
	if string(body) != want {
		t.Errorf("got %s", body)
	}
	if got := header.Get("Content-Type"); got != "application/cloudevents+json" {
		t.Errorf("content type %q", got)
	}
	later, again, err := signer.Event("evt_1", "tocsin.item.restricted", noon, noon.Add(time.Hour),
		json.RawMessage(`{"a":1}`))
	if err != nil || !bytes.Equal(body, again) {
		t.Errorf("second attempt sends other bytes: %s (%v)", again, err)
	}
	if later.Get("Webhook-Timestamp") == header.Get("Webhook-Timestamp") {
		t.Error("second attempt carries the time of the first")
	}
}

func TestIncompleteEventIsRefused(t *testing.T) {
	t.Parallel()
	good := webhook.Event{ID: "evt_1", Source: "s", Type: "t", Time: noon, Data: json.RawMessage(`{}`)}
	for name, change := range map[string]func(*webhook.Event){
		"id": func(e *webhook.Event) { e.ID = "" }, "source": func(e *webhook.Event) { e.Source = "" },
		"type": func(e *webhook.Event) { e.Type = "" }, "time": func(e *webhook.Event) { e.Time = time.Time{} },
		"data": func(e *webhook.Event) { e.Data = json.RawMessage(`{`) },
	} {
		e := good
		change(&e)
		if _, err := e.Encode(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSignerNeedsASecretAndASource(t *testing.T) {
	t.Parallel()
	secret := webhook.NewSecret()
	if _, err := webhook.NewSigner("", secret); err == nil {
		t.Error("no source accepted")
	}
	if _, err := webhook.NewSigner("s"); err == nil {
		t.Error("no secret accepted")
	}
	if _, err := webhook.NewVerifier(webhook.Secret{}); err == nil {
		t.Error("zero secret accepted: everybody would know the key")
	}
	if _, err := webhook.NewVerifier(make([]webhook.Secret, 9)...); err == nil {
		t.Error("nine secrets accepted")
	}
}

func FuzzVerify(f *testing.F) {
	secret, err := webhook.ParseSecret(specSecret)
	if err != nil {
		f.Fatal(err)
	}
	verifier, err := webhook.NewVerifier(secret)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(specID, "1614265330", specSignature, []byte(specBody))
	f.Add("a.1", "-1", "v1,", []byte{})
	f.Fuzz(func(t *testing.T, id, at, signature string, body []byte) {
		header := http.Header{}
		header.Set("Webhook-Id", id)
		header.Set("Webhook-Timestamp", at)
		header.Set("Webhook-Signature", signature)
		_, err := verifier.Verify(header, body, time.Unix(specTime, 0))
		if err == nil && (id != specID || at != "1614265330" || string(body) != specBody) {
			t.Errorf("accepted a message nobody signed: %q %q %q", id, at, body)
		}
	})
}
