// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package telemetry

import "runtime/debug"

// Build says which program is running, from what the Go toolchain wrote into it.
type Build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	// Modified reports that the source differed from the revision.
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
}

// ReadBuild returns what is known; "unknown" stands where the program was built without it.
func ReadBuild() Build {
	build := Build{Version: "unknown", Revision: "unknown", Go: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build
	}
	build.Go = info.GoVersion
	if info.Main.Version != "" {
		build.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			build.Revision = setting.Value
		case "vcs.modified":
			build.Modified = setting.Value == "true"
		}
	}
	return build
}
