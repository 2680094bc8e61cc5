// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// maxSecret bounds a secret's file; a longer one is a mistaken path.
const maxSecret = 4096

// PostgresURL returns the database address from the file or its secret file; empty means SQLite.
func (d Database) PostgresURL() (string, error) {
	if d.URLFile == "" {
		return d.URL, nil
	}
	address, err := readSecret("database.url_file", d.URLFile)
	if err != nil {
		return "", err
	}
	if !postgresURL(address) {
		return "", errors.New("database.url_file: does not hold a postgres://… address")
	}
	return address, nil
}

// Secret returns the secret shared with the platform.
func (p Platform) Secret() (string, error) {
	secret, err := readSecret("platform.secret_file", p.SecretFile)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(secret, "whsec_") {
		return "", errors.New("platform.secret_file: does not hold a secret that begins with whsec_")
	}
	return secret, nil
}

// readSecret reads one line from a file. The error names the key and never the content.
func readSecret(key, path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	if info.Size() > maxSecret {
		return "", fmt.Errorf("%s: larger than %d bytes, so no secret", key, maxSecret)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" || strings.ContainsAny(secret, "\r\n") {
		return "", fmt.Errorf("%s: want exactly one line", key)
	}
	return secret, nil
}
