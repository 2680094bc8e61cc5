// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package credential_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"tocsin"
	"tocsin/internal/credential"
)

const sentence = "nine kettles under the bridge"

func TestPasswordIsKnownByItsHash(t *testing.T) {
	t.Parallel()
	hash, err := credential.HashPassword(t.Context(), sentence)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%s: %v", hash, err)
	}
	other, err := credential.HashPassword(t.Context(), sentence)
	if err != nil || other == hash {
		t.Errorf("two people with one password have one hash: %v", err)
	}
	for password, want := range map[string]bool{sentence: true, sentence + " ": false, "": false, "Nine" + sentence[4:]: false} {
		right, again, err := credential.CheckPassword(t.Context(), hash, password)
		if err != nil || right != want || again {
			t.Errorf("%q: %v, again %v, %v", password, right, again, err)
		}
	}
	if right, _, err := credential.CheckPassword(t.Context(), "", sentence); err != nil || right {
		t.Errorf("nobody's password is right: %v", err)
	}
}

func TestCompositionOfCharactersDoesNotMatter(t *testing.T) {
	t.Parallel()
	hash, err := credential.HashPassword(t.Context(), "le jardin e\u0301clos")
	if err != nil {
		t.Fatal(err)
	}
	if right, _, err := credential.CheckPassword(t.Context(), hash, "le jardin \u00e9clos"); err != nil || !right {
		t.Errorf("another keyboard, another password: %v", err)
	}
}

func TestHashOfAnotherCostIsReadAndMadeAnew(t *testing.T) {
	t.Parallel()
	// argon2 -id -t 1 -k 64 -p 1 -l 32 of "garden path" with the salt "saltsaltsaltsalt"
	hash, err := credential.HashPassword(t.Context(), sentence)
	if err != nil {
		t.Fatal(err)
	}
	cheaper := strings.Replace(hash, "m=19456,t=2", "m=64,t=1", 1)
	if right, again, err := credential.CheckPassword(t.Context(), cheaper, sentence); err != nil || right || !again {
		t.Errorf("%v, again %v, %v", right, again, err)
	}
	for _, bad := range []string{"$", "plain", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaA", strings.Replace(hash, "t=2", "t=0", 1),
		strings.Replace(hash, "m=19456", "m=4294967295", 1), hash[:len(hash)-4]} {
		if _, _, err := credential.CheckPassword(t.Context(), bad, sentence); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestChecksBeyondAFewWaitAndGiveUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	busy := 0
	for range 20 { // a free slot and an ended context are chosen between at random
		if _, _, err := credential.CheckPassword(ctx, "", sentence); tocsin.CodeOf(err) == tocsin.CodeBusy {
			busy++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if busy == 0 {
		t.Error("whoever went away is still served")
	}
}

func TestNewPasswordIsLongAndNotCommon(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]tocsin.Reason{
		sentence: "", "correct horse battery": "", "خمسة أباريق تحت الجسر": "", "cinq bouilloires": "", "Xk2-9fQw7-mBz": "",
		"elevenchars":                     "password_short",
		"passwordpassword":                credential.ReasonCommon,
		"P@ssw0rd2026!!":                  credential.ReasonCommon,
		"qwertyuiop123":                   credential.ReasonCommon,
		"123456789012345":                 credential.ReasonCommon,
		"aaaaaaaaaaaaaaaa":                credential.ReasonCommon,
		"abababababababab":                credential.ReasonCommon,
		"abcdefghijklmnop":                credential.ReasonCommon,
		"nightshiftnightshift":            credential.ReasonCommon,
		"NightShift-2026-password":        credential.ReasonCommon,
		strings.Repeat("ab cd ef gh", 20): tocsin.ReasonTooLong,
		"a password of \xff bytes":        tocsin.ReasonNotText,
	} {
		if got := tocsin.ReasonOf(credential.CheckNewPassword(password, "NightShift")); got != want {
			t.Errorf("%q: %q, not %q", password, got, want)
		}
	}
}

func TestCodeIsOfThisHalfMinuteOrItsNeighbours(t *testing.T) {
	t.Parallel()
	key := credential.NewTimeKey()
	at := time.Unix(1_790_000_010, 0)
	code := func(at time.Time) string {
		c, err := totp.GenerateCode(key, at)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for steps, want := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		then := at.Add(time.Duration(steps) * credential.Step)
		step, right := credential.CodeStep(key, code(then), at)
		if right != want || right && step != then.Unix()/30 {
			t.Errorf("%+d: %v of step %d", steps, right, step-at.Unix()/30)
		}
	}
	if _, right := credential.CodeStep(key, " "+code(at)[:3]+" "+code(at)[3:], at); !right {
		t.Error("a code as apps print it is refused")
	}
	for _, bad := range []string{"", "000", code(at) + "0"} {
		if _, right := credential.CodeStep(key, bad, at); right {
			t.Errorf("%q is right", bad)
		}
	}
}

// The vector of RFC 6238, appendix B, at 59 seconds: the last six of its eight digits.
func TestCodeIsThatOfTheStandard(t *testing.T) {
	t.Parallel()
	const key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	if step, right := credential.CodeStep(key, "287082", time.Unix(59, 0)); !right || step != 1 {
		t.Errorf("step %d, %v", step, right)
	}
}

func TestRecoveryCodesAreTenAndDifferent(t *testing.T) {
	t.Parallel()
	shown, kept := credential.NewRecoveryCodes()
	seen := map[string]bool{}
	for i, code := range shown {
		seen[code] = true
		if credential.RecoveryDigest(" "+strings.ToUpper(code)) != kept[i] ||
			credential.RecoveryDigest(strings.ReplaceAll(code, "-", "")) != kept[i] {
			t.Errorf("%s is not known again", code)
		}
	}
	if len(seen) != 10 || len(kept) != 10 {
		t.Errorf("%d codes", len(seen))
	}
}

func TestKeyIsDrawnForACamera(t *testing.T) {
	t.Parallel()
	address := credential.KeyAddress(credential.NewTimeKey(), "garden-host", "night shift")
	if !strings.HasPrefix(address, "otpauth://totp/garden-host:night%20shift?") || strings.Contains(address, "+") {
		t.Errorf("%s", address)
	}
	width, path, err := credential.Picture(address)
	if err != nil || width < 21 || strings.Count(path, "M") < width {
		t.Errorf("%d modules: %v", width, err)
	}
}
