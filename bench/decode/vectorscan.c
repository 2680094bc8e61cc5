// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Vectorscan's side of `make bench-decode`: the literals of a file, one a line, searched for in a text, in a
// process of its own that times itself. It answers lines as bench/engine does:
//   build 0 0        compiles the literals
//   scan FROM TO     scans that part of the text
// The sum over the hits is that of bench/engine/literal.go.

#include <hs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static void fail(const char *what) {
	fprintf(stderr, "vectorscan: %s\n", what);
	exit(1);
}

static char *contents(const char *name, size_t *length) {
	FILE *file = fopen(name, "rb");
	if (!file || fseek(file, 0, SEEK_END)) fail("open file");
	*length = (size_t)ftell(file);
	rewind(file);
	char *bytes = malloc(*length + 1);
	if (!bytes || fread(bytes, 1, *length, file) != *length) fail("read file");
	bytes[*length] = 0;
	fclose(file);
	return bytes;
}

static int64_t wall(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t cpu(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static double anonymous(void) {
	char line[256];
	double kilobytes = 0;
	FILE *file = fopen("/proc/self/status", "r");
	if (!file) fail("read status");
	while (fgets(line, sizeof line, file))
		if (sscanf(line, "RssAnon: %lf kB", &kilobytes) == 1) break;
	fclose(file);
	return kilobytes * 1024;
}

struct hits {
	uint64_t count;
	uint32_t sum;
};

static int hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
	struct hits *h = context;
	(void)from, (void)flags;
	h->count++;
	h->sum += (id + 1) * 0x9e3779b1u ^ (uint32_t)to * 0x85ebca6bu;
	return 0;
}

static hs_database_t *compile(char *list) {
	size_t room = 1024, n = 0;
	const char **literals = malloc(room * sizeof *literals);
	for (char *word = strtok(list, "\n"); word; word = strtok(NULL, "\n")) {
		if (n == room) literals = realloc(literals, (room *= 2) * sizeof *literals);
		literals[n++] = word;
	}
	unsigned *flags = calloc(n, sizeof *flags), *ids = calloc(n, sizeof *ids);
	size_t *lengths = calloc(n, sizeof *lengths);
	for (size_t i = 0; i < n; i++) ids[i] = (unsigned)i, lengths[i] = strlen(literals[i]);
	hs_database_t *database;
	hs_compile_error_t *error;
	if (hs_compile_lit_multi(literals, flags, ids, lengths, (unsigned)n, HS_MODE_BLOCK, NULL, &database, &error))
		fail(error->message);
	free(flags), free(ids), free(lengths), free(literals);
	return database;
}

int main(int argc, char **argv) {
	if (argc != 3) fail("say patterns and text");
	size_t list_length, length, size = 0;
	char *list = contents(argv[1], &list_length), *text = contents(argv[2], &length);
	hs_database_t *database = NULL;
	hs_scratch_t *scratch = NULL;
	char word[16];
	size_t from, to;
	while (scanf("%15s %zu %zu", word, &from, &to) == 3) {
		struct hits hits = {0, 0};
		double before = anonymous();
		int64_t processor = cpu(), start = wall();
		if (!strcmp(word, "build")) {
			database = compile(list);
			if (hs_alloc_scratch(database, &scratch) || hs_database_size(database, &size)) fail("scratch");
		} else if (!database || from > to || to > length) {
			fail("no such command");
		} else if (hs_scan(database, text + from, (unsigned)(to - from), 0, scratch, hit, &hits)) {
			fail("scan");
		}
		int64_t took = wall() - start, used = cpu() - processor;
		printf("{\"ns\":[%lld],\"cpu_ns\":%lld,\"count\":[%llu],\"sum\":[%u],\"bytes\":%.0f,\"size\":%zu,"
		       "\"about\":\"%.*s\"}\n",
		       (long long)took, (long long)used, (unsigned long long)hits.count, hits.sum, anonymous() - before,
		       size, (int)strcspn(hs_version(), " "), hs_version()); // its date is left out
		fflush(stdout);
	}
	return 0;
}
