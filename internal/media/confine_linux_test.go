// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/media"
)

// probe says what a child can do that is held by some layers only.
func probe(t *testing.T, l media.Limits) (could []string, p media.Protection) {
	t.Helper()
	h := hasher(t, media.Options{}, l)
	found, err := h.Picture(t.Context(), media.Simulate("probe"), media.Upright)
	if err != nil {
		t.Fatal(err)
	}
	return media.Could(found.Width - 1), h.Protection()
}

func TestChildCanDoNothingButCompute(t *testing.T) {
	t.Parallel()
	could, p := probe(t, media.Limits{})
	if missing := p.Missing(); len(missing) > 0 && !(media.RaceDetector && len(missing) == 1) {
		t.Skipf("NOT TESTED: THIS KERNEL LACKS %s", strings.Join(missing, " AND "))
	}
	if len(could) > 0 {
		t.Errorf("a child can %s", strings.Join(could, ", "))
	}
}

// TestChildOfAnOrdinaryUserIsConfinedToo runs the test above again as a user without rights, which is how a
// node runs.
func TestChildOfAnOrdinaryUserIsConfinedToo(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED A SECOND TIME: this is an ordinary user, and TestChildCanDoNothingButCompute is this test")
	}
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestChildCanDoNothingButCompute$",
		"-test.v")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil || !bytes.Contains(out, []byte("=== RUN")):
		t.Errorf("%v\n%s", err, out)
	case bytes.Contains(out, []byte("--- SKIP")):
		t.Skipf("NOT TESTED:\n%s", out)
	}
}

// TestProbeFindsWhatIsNotHeld leaves layers out: a probe that found nothing anywhere would prove nothing, and
// each layer holds what is its own without the other.
func TestProbeFindsWhatIsNotHeld(t *testing.T) {
	t.Parallel()
	free, _ := probe(t, media.Limits{Layers: media.LayerLimits})
	for _, want := range []string{"read a file", "open an internet socket", "fork", "start a program",
		"make code", "signal its parent", "name itself"} {
		if !contains(free, want) {
			t.Errorf("a child without Landlock and seccomp cannot %s; the probe is wrong", want)
		}
	}
	if contains(free, "write a file") {
		t.Log("files of no bytes can be made without Landlock; the limit of file size is for their content")
	}
	byLandlock, p := probe(t, media.Limits{Layers: media.LayerLandlock})
	if p.Landlock > 0 {
		for _, not := range []string{"read a file", "read a folder", "write a file", "start a program"} {
			if contains(byLandlock, not) {
				t.Errorf("Landlock lets a child %s", not)
			}
		}
	}
	bySeccomp, p := probe(t, media.Limits{Layers: media.LayerSeccomp})
	if diff := cmp.Diff([]string(nil), bySeccomp); p.Seccomp && diff != "" {
		t.Errorf("seccomp alone: %s", diff)
	}
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

// TestChildDiesWithItsParent kills a parent while its child works.
func TestChildDiesWithItsParent(t *testing.T) {
	t.Parallel()
	parent := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestParentOfASleepingChild$")
	parent.Env = append(os.Environ(), "TOCSIN_TEST_PARENT=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	child, bad := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || bad != nil {
		t.Fatalf("the parent said %q, %v", line, err)
	}
	if syscall.Kill(child, 0) != nil {
		t.Fatal("the child is gone before its parent")
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	for end := time.Now().Add(30 * time.Second); runs(child); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the child lives on")
		}
	}
}

// runs reports whether a process is there and no zombie.
func runs(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(text), ") ")
	return !strings.HasPrefix(state, "Z") && !strings.HasPrefix(state, "X")
}

// TestParentOfASleepingChild is no test: it is the parent of the test above.
func TestParentOfASleepingChild(t *testing.T) {
	if os.Getenv("TOCSIN_TEST_PARENT") == "" {
		return
	}
	h := hasher(t, media.Options{Processes: 1}, media.Limits{})
	pid, said := h.Idle()
	go func() { _, _ = h.Picture(context.Background(), media.Simulate("sleep"), media.Upright) }()
	for said() == "" {
		time.Sleep(time.Millisecond)
	}
	os.Stdout.WriteString(strconv.Itoa(pid) + "\n")
	time.Sleep(time.Hour)
}

// TestChildInheritsNothing looks at a child that waits, from outside.
func TestChildInheritsNothing(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{}, media.Limits{})
	pid, _ := h.Idle()
	of := "/proc/" + strconv.Itoa(pid) + "/"
	if text, err := os.ReadFile(of + "environ"); err != nil || len(text) > 0 {
		t.Errorf("environment of %d bytes, %v", len(text), err)
	}
	if folder, err := os.Readlink(of + "cwd"); err != nil || folder != "/" {
		t.Errorf("works in %s, %v", folder, err)
	}
	if group, err := syscall.Getpgid(pid); err != nil || group != pid {
		t.Errorf("process %d is of group %d, %v", pid, group, err)
	}
	text, err := os.ReadFile(of + "limits")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Max cpu time              10                   11 ",
		"Max file size             0                    0 ", "Max core file size        0                    0 ",
		"Max open files            64                   64 "} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("limits lack %q", want)
		}
	}
	if !media.RaceDetector && bytes.Contains(text, []byte("Max address space         unlimited")) {
		t.Error("memory has no limit")
	}
}
