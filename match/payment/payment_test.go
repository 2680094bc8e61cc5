// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package payment_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tocsin/match/payment"
	"tocsin/match/syntax"
)

// valid are the examples of the specifications, each with its canonical form. None belongs to a person: the
// IBANs are those of the registry's documentation, the others of BIP-173, BIP-350, EIP-55 and a public
// contract.
var valid = []struct {
	kind      payment.Kind
	text      string
	canonical string
	form      string
}{
	{payment.IBAN, "GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432", "an IBAN of GB"},
	{payment.IBAN, "de89-3704-0044-0532-0130-00", "DE89370400440532013000", "an IBAN of DE"},
	{payment.IBAN, "FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606", "an IBAN of FR"},
	{payment.IBAN, "BE68\u00a05390\u202f0754 7034", "BE68539007547034", "an IBAN of BE"},
	{payment.IBAN, "NO9386011117947", "NO9386011117947", "an IBAN of NO"},
	{payment.IBAN, "MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S", "an IBAN of MT"},
	{payment.IBAN, "CH9300762011623852957", "CH9300762011623852957", "an IBAN of CH"},
	{payment.IBAN, "SA0380000000608010167519", "SA0380000000608010167519", "an IBAN of SA"},
	{payment.IBAN, "BR1800360305000010009795493C1", "BR1800360305000010009795493C1", "an IBAN of BR"},
	{payment.IBAN, "NL91ABNA0417164300", "NL91ABNA0417164300", "an IBAN of NL"},
	{payment.IBAN, "ES9121000418450200051332", "ES9121000418450200051332", "an IBAN of ES"},
	{payment.IBAN, "GR1601101250000000012300695", "GR1601101250000000012300695", "an IBAN of GR"},
	{payment.IBAN, "LC55HEMM000100010012001200023015", "LC55HEMM000100010012001200023015", "an IBAN of LC"},
	{payment.IBAN, "KW81CBKU0000000000001234560101", "KW81CBKU0000000000001234560101", "an IBAN of KW"},
	{payment.Bitcoin, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "", "P2PKH"},
	{payment.Bitcoin, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "", "P2SH"},
	{
		payment.Bitcoin, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "P2WPKH",
	},
	{payment.Bitcoin, "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3", "", "P2WSH"},
	{payment.Bitcoin, "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "", "P2TR"},
	{
		payment.Bitcoin, "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", "",
		"not in use yet",
	},
	{payment.Bitcoin, "BC1SW50QGDZ25J", "bc1sw50qgdz25j", "not in use yet"},
	{payment.Bitcoin, "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "", "not in use yet"},
	{payment.Ethereum, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "", "Ethereum"},
	{payment.Ethereum, "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "", "Ethereum"},
	{payment.Ethereum, "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "", "Ethereum"},
	{payment.Ethereum, "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb", "", "Ethereum"},
	{payment.Ethereum, "0x52908400098527886E0F7030069857D2E4169EE7", "", "Ethereum"},
	{payment.Ethereum, "0x8617E340B3D01FA5F11F306F4090FD50E238070D", "", "Ethereum"},
	{payment.Ethereum, "0xde709f2102306220921060314715629080e2fb77", "", "Ethereum"},
	{payment.Ethereum, "0x27b1fdb04752bbc536007a920d24acb045561c26", "", "Ethereum"},
	{payment.Tron, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "", "Tron"},
}

func TestExamplesOfTheSpecificationsAreRead(t *testing.T) {
	t.Parallel()
	for _, v := range valid {
		want := v.canonical
		if want == "" {
			want = v.text
		}
		got, err := payment.Parse("  " + v.text + "\n")
		if err != nil || got.Kind() != v.kind || got.String() != want || !got.Checked() {
			t.Errorf("%s: got %s %q, checked %t, %v", v.text, got.Kind(), got, got.Checked(), err)
			continue
		}
		if !strings.Contains(got.Explanation(), v.form) || !strings.HasSuffix(got.Explanation(),
			"its checksum fits") {
			t.Errorf("%s: %s", v.text, got.Explanation())
		}
		if again, err := payment.Parse(got.String()); err != nil || again != got {
			t.Errorf("%s: not stable: %v, %v", v.text, again, err)
		}
	}
}

func TestWhatIsNoIdentifierIsRefused(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"":                                    syntax.Empty,
		"kettle":                              syntax.Structure,
		strings.Repeat("A", 129):              syntax.Length,
		"GB82WEST12345698765433":              syntax.Checksum,
		"GB28WEST12345698765432":              syntax.Checksum,
		"GB82WEST1234569876543":               syntax.Length,
		"ZZ82WEST12345698765432":              syntax.Structure,
		"GB82WEST1234569876543!":              syntax.Alphabet,
		"DE00370400440532013000":              syntax.Checksum,
		"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3":  syntax.Checksum,
		"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVNI":  syntax.Alphabet,
		"11BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2": syntax.Structure,
		"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNL":   syntax.Structure,
		"1":                                   syntax.Length,
		"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u":  syntax.Checksum,
		// BIP-173 and BIP-350: the other checksum, a letter that is not used, versions and lengths that are not.
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd": syntax.Checksum,
		"BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL": syntax.Checksum,
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh":                     syntax.Checksum,
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5":                     syntax.Checksum,
		"bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4": syntax.Alphabet,
		"BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R": syntax.Structure,
		"bc1pw5dgrnzv":                               syntax.Structure,
		"BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P":       syntax.Structure,
		"bc1gmk9yu":                                  syntax.Length,
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kV8F3T4": syntax.Alphabet,
		"bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du":      syntax.Checksum,
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav": syntax.Structure,
		// EIP-55: one letter in the wrong case.
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed": syntax.Checksum,
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe":  syntax.Length,
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg": syntax.Alphabet,
	} {
		got, err := payment.Parse(text)
		var refused *syntax.Error
		if !errors.As(err, &refused) || refused.Reason != reason || refused.Type != "payment" {
			t.Errorf("%.80s: got %q, %v; want %s", text, got, err, reason)
		}
	}
}

func TestCardNumberIsNeverASignal(t *testing.T) {
	t.Parallel()
	// Test numbers that card schemes publish.
	for _, text := range []string{"4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005",
		"3530111333300000"} {
		_, err := payment.Parse(text)
		var refused *syntax.Error
		if !errors.As(err, &refused) || refused.Reason != payment.ReasonCard {
			t.Errorf("%s: got %v", text, err)
		}
		if found := payment.Scan("pay with " + text + " now"); len(found) != 0 {
			t.Errorf("%s was found", text)
		}
	}
}

func TestAddressInOneCaseIsReadButUnchecked(t *testing.T) {
	t.Parallel()
	const mixed = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
	for _, text := range []string{strings.ToLower(mixed), "0x" + strings.ToUpper(mixed[2:]),
		strings.ToUpper(mixed)} {
		got, err := payment.Parse(text)
		if err != nil || got.String() != mixed || got.Checked() || !strings.Contains(got.Explanation(),
			"without a checksum") {
			t.Errorf("%s: got %v, %v: %s", text, got, err, got.Explanation())
		}
		if found := payment.Scan(text); len(found) != 0 {
			t.Errorf("%s was found in text", text)
		}
	}
}

// TestOneWrongCharacterIsNoticed changes each character of each example to another one: of an IBAN, a digit
// to a digit and a letter to a letter, which is what its checksum promises.
func TestOneWrongCharacterIsNoticed(t *testing.T) {
	t.Parallel()
	for _, v := range valid {
		identifier, err := payment.Parse(v.text)
		if err != nil {
			t.Fatal(err)
		}
		canonical := identifier.String()
		for at := range len(canonical) {
			for _, other := range "37Ab" {
				changed := canonical[:at] + string(other) + canonical[at+1:]
				digits := canonical[at] <= '9'
				if strings.EqualFold(changed, canonical) || v.kind == payment.IBAN && digits != (other <= '9') {
					continue
				}
				if again, err := payment.Parse(changed); err == nil && again.Kind() != payment.Ethereum {
					t.Errorf("%s was taken", changed)
				}
			}
		}
	}
}

func TestScanFindsWhatStandsAlone(t *testing.T) {
	t.Parallel()
	for _, v := range valid {
		for _, around := range [][2]string{
			{"", ""}, {"Give to ", " today"}, {"(", ")"}, {"bitcoin:", "?amount=1"}, {"\u00e9t\u00e9 \u2192",
				"\u2026"}, {"IBAN ", "."}, {"x 12 ", " 12"},
		} {
			text := around[0] + v.text + around[1]
			found := payment.Scan(text)
			if len(found) != 1 || text[found[0].Start:found[0].End] != v.text || found[0].Identifier.Kind() != v.kind {
				t.Errorf("%q: got %v", text, found)
			}
		}
		for _, around := range [][2]string{{"x", ""}, {"", "x"}, {"\u00e9", ""}, {"", "\u00e9"}, {"_", ""}, {"",
			"_"}, {"7", ""}} {
			if found := payment.Scan(around[0] + v.text + around[1]); len(found) != 0 {
				t.Errorf("%q inside a word: got %v", v.text, found)
			}
		}
	}
	text := "GB82 WEST 1234 5698 7654 32, DE89370400440532013000 and 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
	if found := payment.Scan(text); len(found) != 3 || found[1].Start != 29 {
		t.Errorf("several: got %v", found)
	}
}

func TestScanFindsNothingInOrdinaryText(t *testing.T) {
	t.Parallel()
	text := "The bridge of 1906 has 34 arches; order GB12 by Friday, or call 3000 1234 5678. See DE AT CH, " +
		"bc1 and 0x7f. Kettle no. 1234567890123456789012345, https://example.org/Ab3xY9kAb3xY9kAb3xY9kAb3x. "
	if found := payment.Scan(strings.Repeat(text, 20)); len(found) != 0 {
		t.Errorf("got %v", found)
	}
}

func TestScanIsLinear(t *testing.T) {
	for name, text := range map[string]string{
		"begin of an IBAN": strings.Repeat("GB82 ", 50_000),
		"one long word":    strings.Repeat("1", 250_000),
		"short words":      strings.Repeat("a ", 125_000),
	} {
		if allocations := testing.AllocsPerRun(1, func() { payment.Scan(text) }); allocations > 250_000 {
			t.Errorf("%s: %v allocations", name, allocations)
		}
	}
}

func TestCanonicalFormIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom(valid).Draw(t, "example")
		text := []byte(v.text)
		text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		stable(t, string(text))
	})
}

func stable(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) {
	t.Helper()
	identifier, err := payment.Parse(text)
	if err != nil {
		var refused *syntax.Error
		if !errors.As(err, &refused) || refused.Type != "payment" {
			t.Fatalf("%q: %v", text, err)
		}
		return
	}
	again, err := payment.Parse(identifier.String())
	if err != nil || again.String() != identifier.String() || again.Kind() != identifier.Kind() {
		t.Fatalf("%q: %q parses as %q, %v", text, identifier, again, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range valid {
		f.Add(v.text)
	}
	f.Fuzz(func(t *testing.T, text string) { stable(t, text) })
}

func FuzzScan(f *testing.F) {
	for _, v := range valid {
		f.Add("give to " + v.text + ", please")
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, found := range payment.Scan(text) {
			if found.Start < end || found.End <= found.Start || found.End > len(text) {
				t.Fatalf("%q: %v after %d", text, found, end)
			}
			again, err := payment.Parse(text[found.Start:found.End])
			if err != nil || again != found.Identifier || !again.Checked() {
				t.Fatalf("%q: %v is read as %v, %v", text, found, again, err)
			}
			end = found.End
		}
	})
}

func BenchmarkScan(b *testing.B) {
	text := strings.Repeat("The bridge of 1906 has 34 arches and was opened in spring; GB12 by Friday. ", 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		payment.Scan(text)
	}
}
