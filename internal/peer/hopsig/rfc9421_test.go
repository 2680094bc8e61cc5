// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/peer/hopsig"
)

// The messages, keys and results of RFC 9421 Appendix B. Only ed25519 is part of the profile; the
// other algorithms are checked here because a signature that verifies proves that the base is right.
// B.2.2 covers a query parameter, which the profile cannot, and B.3, B.4 add proxies.

const (
	rfcTarget        = "https://example.com/foo?param=Value&Pet=dog"
	rfcRequestDigest = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAg" +
		"BWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
	rfcResponseDigest = "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsP" +
		"p29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:"
)

func rfcRequest() http.Header {
	return http.Header{
		"Date": {"Tue, 20 Apr 2021 02:07:55 GMT"}, "Content-Type": {"application/json"},
		"Content-Digest": {rfcRequestDigest}, "Content-Length": {"18"},
	}
}

func rfcResponse() http.Header {
	return http.Header{
		"Date": {"Tue, 20 Apr 2021 02:07:56 GMT"}, "Content-Type": {"application/json"},
		"Content-Digest": {rfcResponseDigest}, "Content-Length": {"23"},
	}
}

const rfcKeys = `
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
-----END PUBLIC KEY-----
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
`

const rfcSecret = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="

func decode64(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// verifyRFC checks a signature with whatever key the appendix used.
func verifyRFC(t *testing.T, algorithm string, base, signature []byte) bool {
	t.Helper()
	if algorithm == "hmac-sha256" {
		mac := hmac.New(sha256.New, decode64(t, rfcSecret))
		mac.Write(base)
		return hmac.Equal(mac.Sum(nil), signature)
	}
	for rest := []byte(rfcKeys); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			t.Fatalf("no key for %s", algorithm)
		}
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		switch key := key.(type) {
		case *rsa.PublicKey:
			if algorithm == "rsa-pss-sha512" {
				sum := sha512.Sum512(base)
				return rsa.VerifyPSS(key, crypto.SHA512, sum[:], signature, &rsa.PSSOptions{SaltLength: 64}) == nil
			}
		case *ecdsa.PublicKey:
			if algorithm == "ecdsa-p256-sha256" {
				sum := sha256.Sum256(base)
				r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
				return ecdsa.Verify(key, sum[:], r, s)
			}
		case ed25519.PublicKey:
			if algorithm == "ed25519" {
				return ed25519.Verify(key, base, signature)
			}
		}
	}
}

var rfcCases = []struct {
	label, algorithm, input, signature string
	status                             int
	want                               []string // lines before "@signature-params"
}{
	{
		label: "sig-b21", algorithm: "rsa-pss-sha512",
		input: `();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"`,
		signature: "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31" +
			"Iq786U7it++wgGxbtRxf8Udx7zF" +
			"ZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezX" +
			"ehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9m" +
			"hho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==",
	},
	{
		label: "sig-b23", algorithm: "rsa-pss-sha512",
		input: `("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length")` +
			`;created=1618884473;keyid="test-key-rsa-pss"`,
		signature: "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1r" +
			"IRASVxFkeGt683+qRpRRU5p2voT" +
			"p768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQ" +
			"oLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2" +
			"Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==",
		want: []string{
			`"date": Tue, 20 Apr 2021 02:07:55 GMT`, `"@method": POST`, `"@path": /foo`,
			`"@query": ?param=Value&Pet=dog`, `"@authority": example.com`, `"content-type": application/json`,
			`"content-digest": ` + rfcRequestDigest, `"content-length": 18`,
		},
	},
	{
		label: "sig-b24", algorithm: "ecdsa-p256-sha256", status: 200,
		input: `("@status" "content-type" "content-digest" "content-length")` +
			`;created=1618884473;keyid="test-key-ecc-p256"`,
		signature: "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==",
		want: []string{
			`"@status": 200`, `"content-type": application/json`,
			`"content-digest": ` + rfcResponseDigest, `"content-length": 23`,
		},
	},
	{
		label: "sig-b25", algorithm: "hmac-sha256",
		input:     `("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"`,
		signature: "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
		want: []string{
			`"date": Tue, 20 Apr 2021 02:07:55 GMT`, `"@authority": example.com`, `"content-type": application/json`,
		},
	},
	{
		label: "sig-b26", algorithm: "ed25519",
		input: `("date" "@method" "@path" "@authority" "content-type" "content-length")` +
			`;created=1618884473;keyid="test-key-ed25519"`,
		signature: "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
		want: []string{
			`"date": Tue, 20 Apr 2021 02:07:55 GMT`, `"@method": POST`, `"@path": /foo`,
			`"@authority": example.com`, `"content-type": application/json`, `"content-length": 18`,
		},
	},
}

func TestAppendixBBasesAndSignatures(t *testing.T) {
	t.Parallel()
	for _, c := range rfcCases {
		t.Run(c.label, func(t *testing.T) {
			t.Parallel()
			header, method := rfcRequest(), "POST"
			if c.status != 0 {
				header, method = rfcResponse(), ""
			}
			header.Set("Signature-Input", c.label+"="+c.input)
			base, err := hopsig.Base(method, rfcTarget, c.status, header, c.label)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Join(append(c.want, `"@signature-params": `+c.input), "\n")
			if diff := cmp.Diff(want, string(base)); diff != "" {
				t.Fatal(diff)
			}
			signature := decode64(t, c.signature)
			if !verifyRFC(t, c.algorithm, base, signature) {
				t.Fatal("the appendix's signature does not verify over our base")
			}
			signature[9] ^= 1
			if verifyRFC(t, c.algorithm, base, signature) {
				t.Fatal("the check accepts anything")
			}
		})
	}
}

// RFC 9421 §2.2: the derived components the profile does not require but understands.
func TestDerivedComponentsFollowTheRFC(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ target, component, want string }{
		{"https://www.example.com/path?param=value", "@target-uri", "https://www.example.com/path?param=value"},
		{"https://www.example.com/path?param=value", "@authority", "www.example.com"},
		{"http://www.example.com/path?param=value", "@scheme", "http"},
		{"https://www.example.com/path?param=value", "@request-target", "/path?param=value"},
		{"https://www.example.com/path?param=value", "@path", "/path"},
		{"https://www.example.com/path?a=b&foo=bar&baz=bat%2Dman", "@query", "?a=b&foo=bar&baz=bat%2Dman"},
		{"https://www.example.com/path?queryString", "@query", "?queryString"},
		{"https://www.example.com/path?", "@query", "?"},
		{"https://www.example.com/path", "@query", "?"},
		{"https://www.example.com:8443/", "@authority", "www.example.com:8443"},
	} {
		header := http.Header{"Signature-Input": {`x=("` + c.component + `");created=1`}}
		base, err := hopsig.Base("POST", c.target, 0, header, "x")
		if err != nil {
			t.Errorf("%s of %s: %v", c.component, c.target, err)
			continue
		}
		want := `"` + c.component + `": ` + c.want + "\n" + `"@signature-params": ("` + c.component + `");created=1`
		if diff := cmp.Diff(want, string(base)); diff != "" {
			t.Errorf("%s of %s: %s", c.component, c.target, diff)
		}
	}
}
