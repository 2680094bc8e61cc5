// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"encoding/base32"
	"math/big"
	"strings"

	"tocsin/match/canon/href"
)

// contentPath reads "/ipfs/<CID>/…", which any host may serve.
func contentPath(u href.URL) (string, bool) {
	for _, scheme := range []string{"ipfs", "ipns"} {
		rest, found := strings.CutPrefix(u.Path, "/"+scheme+"/")
		if !found {
			continue
		}
		name, path, _ := strings.Cut(rest, "/")
		return contentAddress(scheme, name, path)
	}
	return "", false
}

// contentHost reads "<CID>.ipfs.<gateway>".
func contentHost(u href.URL) (string, bool) {
	name, gateway, found := strings.Cut(u.Host, ".")
	scheme, _, more := strings.Cut(gateway, ".")
	if !found || !more || scheme != "ipfs" && scheme != "ipns" {
		return "", false
	}
	return contentAddress(scheme, name, strings.TrimPrefix(u.Path, "/"))
}

func contentAddress(scheme, name, path string) (string, bool) {
	name, ok := contentID(name)
	if !ok {
		return "", false
	}
	return scheme + "://" + name + "/" + path, true
}

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// contentID returns a content identifier in version 1, base32. Version 0, "Qm" and 44 more, is the base58
// form of a SHA-256 multihash and means the same content. Specification: github.com/multiformats/cid,
// "CIDv0".
func contentID(name string) (string, bool) {
	if len(name) == 46 && strings.HasPrefix(name, "Qm") && strings.Trim(name, base58) == "" {
		number := new(big.Int)
		for i := range len(name) {
			number.Mul(number, big.NewInt(58))
			number.Add(number, big.NewInt(int64(strings.IndexByte(base58, name[i]))))
		}
		multihash := number.Bytes()
		if len(multihash) != 34 || multihash[0] != 0x12 || multihash[1] != 0x20 {
			return "", false
		}
		const version1, merkleDAG = 0x01, 0x70
		binary := append([]byte{version1, merkleDAG}, multihash...)
		return "b" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(binary)), true
	}
	name = strings.ToLower(name)
	base32Form := len(name) >= 59 && len(name) <= 128 && name[0] == 'b' &&
		strings.Trim(name, "abcdefghijklmnopqrstuvwxyz234567") == ""
	return name, base32Form
}
