// SPDX-License-Identifier: GPL-2.0
/* Files to standard output: flattened, and put together again they are the same as to a file. */
#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <sys/uio.h>

#include "interrupt.h"
#include "writer_dir.h"
#include "writer_store.h"

static const struct ld_elf_note notes[] = {
	{ "VMCOREINFO", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1 },
};

static int write_core(struct store *s, const struct ld_format *format, const char *path,
		      struct ld_err *err)
{
	struct ld_page_source source = { .window = s->window, .map = map, .ctx = s };
	struct ld_vmcore core = make_core(s, notes, 1);
	struct ld_vmcore_size size;
	struct ld_outfile out;

	if (ld_outfile_begin(&out, path, true, err))
		return -1;
	if (ld_vmcore_write(&core, format, &source, &out, &size, err)) {
		ld_outfile_abort(&out);
		return -1;
	}
	return ld_outfile_commit(&out, err);
}

/* The same with something else as standard output; results are printed later. */
static int write_to(int fd, struct store *s, const struct ld_format *format, struct ld_err *err)
{
	int saved = dup(STDOUT_FILENO), result;

	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	result = write_core(s, format, "-", err);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	return result;
}

struct piece {
	uint64_t offset;
	uint64_t size;
};

/* Puts a flattened file together; its bytes, or 0 if there is something wrong with it. */
static size_t rearrange(const char *flat, size_t size, char *to, size_t room)
{
	size_t at = 4096, end = 0;
	struct piece piece;
	uint64_t number;

	if (size < 4096 || memcmp(flat, "makedumpfile\0\0\0", 16))
		return 0;
	memcpy(&number, flat + 16, 8);
	if (be64toh(number) != 1)
		return 0;
	memcpy(&number, flat + 24, 8);
	if (be64toh(number) != 1)
		return 0;
	memset(to, 0, room);
	for (;;) {
		if (at + sizeof(piece) > size)
			return 0;
		memcpy(&piece, flat + at, sizeof(piece));
		at += sizeof(piece);
		piece.offset = be64toh(piece.offset);
		piece.size = be64toh(piece.size);
		if (piece.offset == UINT64_MAX)
			return piece.size == UINT64_MAX && at == size ? end : 0;
		if (!piece.size || piece.size > INT32_MAX || piece.size > size - at ||
		    piece.offset + piece.size > room)
			return 0;
		memcpy(to + piece.offset, flat + at, piece.size);
		at += piece.size;
		if (end < piece.offset + piece.size)
			end = piece.offset + piece.size;
	}
}

struct reader {
	int fd;
	char *data;
	size_t size;
	size_t room;
};

/* A slow one: pipes take what they can. */
static void *read_all(void *arg)
{
	struct reader *r = arg;
	ssize_t got;

	while (r->size < r->room && (got = read(r->fd, r->data + r->size, 7000)) > 0)
		r->size += (size_t)got;
	return NULL;
}

static void check_pipe(struct store *s, const struct ld_format *format, int pipe_flags)
{
	const size_t room = 4 * s->nr * s->page_size + (1 << 20);
	struct reader r = { .data = need(malloc(room)), .room = room };
	char *file = need(malloc(room)), *direct;
	struct ld_err err = { .msg = "" };
	size_t size, bytes = 0;
	pthread_t thread;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		need(NULL);
	fcntl(ends[1], F_SETFL, pipe_flags);
	r.fd = ends[0];
	pthread_create(&thread, NULL, read_all, &r);
	EXPECT(!write_to(ends[1], s, format, &err));
	close(ends[1]);
	pthread_join(thread, NULL);
	close(ends[0]);
	EXPECT(!write_core(s, format, in_test_dir("direct"), &err));
	direct = need(get_file(in_test_dir("direct"), &bytes));
	size = rearrange(r.data, r.size, file, room);
	EXPECT(size == bytes && !memcmp(file, direct, size));
	free(direct);
	free(file);
	free(r.data);
}

static void make_pages(struct store *s, size_t nr)
{
	size_t i;

	make_store(s, 4096, nr);
	s->window = 100;
	for (i = 0; i < nr; i++) {
		s->pages[i].pfn = (nr - i) * 3;
		if (i % 2)
			memset(s->data + i * 4096, (int)(i % 6), 4096);
	}
}

static void the_same_as_a_file(void)
{
	const struct ld_format elf = { .id = LD_FORMAT_ELF };
	const struct ld_format kdump = { .id = LD_FORMAT_KDUMP, .codec = LD_CODEC_ZLIB };
	const struct ld_format none = { .id = LD_FORMAT_KDUMP };
	struct store s;

	make_pages(&s, 500);
	check_pipe(&s, &elf, 0);
	check_pipe(&s, &kdump, 0);
	check_pipe(&s, &none, 0);
	check_pipe(&s, &kdump, O_NONBLOCK);
	check_pipe(&s, &elf, O_NONBLOCK);
	free_store(&s);
}

/* More than one write takes */
static void large_pieces(void)
{
	const struct ld_format elf = { .id = LD_FORMAT_ELF };
	struct store s;
	size_t i;

	make_store(&s, 4096, 5000);
	s.window = s.nr;
	for (i = 0; i < s.nr; i++)
		s.pages[i].pfn = i;
	check_pipe(&s, &elf, 0);
	free_store(&s);
}

static void a_file_as_standard_output(void)
{
	const struct ld_format kdump = { .id = LD_FORMAT_KDUMP, .codec = LD_CODEC_ZLIB };
	char *flat, *file = need(malloc(1 << 20)), *direct;
	size_t size = 0, bytes = 0;
	struct ld_err err;
	struct store s;
	int fd;

	make_pages(&s, 100);
	fd = open(in_test_dir("flat"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	EXPECT(!write_to(fd, &s, &kdump, &err));
	close(fd);
	EXPECT(!write_core(&s, &kdump, in_test_dir("direct"), &err));
	flat = need(get_file(in_test_dir("flat"), &size));
	direct = need(get_file(in_test_dir("direct"), &bytes));
	EXPECT(rearrange(flat, size, file, 1 << 20) == bytes && !memcmp(file, direct, bytes));
	free(flat);
	free(direct);
	free(file);
	free_store(&s);
}

static void not_to_a_terminal(void)
{
	const struct ld_format elf = { .id = LD_FORMAT_ELF };
	struct ld_err err;
	int master, slave;
	struct store s;

	if (openpty(&master, &slave, NULL, NULL, NULL)) {
		printf("# no terminal to be had: %s\n", strerror(errno));
		return;
	}
	make_pages(&s, 3);
	EXPECT(write_to(slave, &s, &elf, &err) && err.code == LD_EXIT_USAGE);
	EXPECT_HAS(err.msg, "makedumpfile -R");
	free_store(&s);
	close(master);
	close(slave);
}

static void the_reader_is_gone(void)
{
	const struct ld_format elf = { .id = LD_FORMAT_ELF };
	struct ld_err err;
	struct store s;
	int ends[2];

	make_pages(&s, 100);
	if (pipe2(ends, O_CLOEXEC))
		need(NULL);
	close(ends[0]);
	/* as ld_drain_write() does: without it the signal would end this program */
	ld_interrupt_catch();
	EXPECT(write_to(ends[1], &s, &elf, &err) && err.code == LD_EXIT_FAILED);
	ld_interrupt_release();
	EXPECT_HAS(err.msg, "standard output: Broken pipe");
	EXPECT_HAS(err.msg, "has ended");
	close(ends[1]);
	free_store(&s);
}

static void the_disk_behind_it_is_full(void)
{
	const struct ld_format elf = { .id = LD_FORMAT_ELF };
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct ld_err err;
	struct store s;

	make_pages(&s, 3);
	EXPECT(fd >= 0 && write_to(fd, &s, &elf, &err));
	EXPECT_HAS(err.msg, "No space left");
	close(fd);
	free_store(&s);
}

static void interrupted(void)
{
	const struct ld_format elf = { .id = LD_FORMAT_ELF };
	struct ld_err err;
	struct store s;
	int ends[2];

	make_pages(&s, 3);
	if (pipe2(ends, O_CLOEXEC))
		need(NULL);
	ld_interrupt_catch();
	raise(SIGTERM);
	EXPECT(write_to(ends[1], &s, &elf, &err));
	EXPECT_HAS(err.msg, "Terminated");
	ld_interrupt_release();
	close(ends[0]);
	close(ends[1]);
	free_store(&s);
}

int main(void)
{
	make_test_dir();
	RUN(the_same_as_a_file);
	RUN(large_pieces);
	RUN(a_file_as_standard_output);
	RUN(not_to_a_terminal);
	RUN(the_reader_is_gone);
	RUN(the_disk_behind_it_is_full);
	/* last: the signal stays noted */
	RUN(interrupted);
	remove_test_dir();
	return END();
}
