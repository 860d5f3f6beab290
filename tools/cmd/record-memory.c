// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include "annotate.h"
#include "dev.h"
#include "livedump.h"
#include "reason.h"
#include "size.h"
#include "summary.h"

static int parse(const struct ld_args *args, struct livedump_range *range, struct ld_err *err)
{
	uint64_t address, length;

	if (ld_parse_address(args->argv[0], &address))
		return ld_fail(err, LD_EXIT_USAGE,
			       "'%s' is no address: give it in hexadecimal, such as 0xffff888000001000",
			       args->argv[0]);
	if (ld_parse_size(args->argv[1], &length) || !length)
		return ld_fail(err, LD_EXIT_USAGE,
			       "'%s' is no size: give bytes, such as 4096, 0x1000, 64K or 1M",
			       args->argv[1]);
	*range = (struct livedump_range){
		.address = address,
		.length = length,
		.flags = args->physical ? LIVEDUMP_RANGE_PHYS : 0,
	};
	return 0;
}

static int print_json(const struct ld_session *s, const struct livedump_range *range)
{
	struct json_object *top = json_object_new_object();

	ld_json_string(top, "session", s->name);
	ld_json_address(top, "address", range->address);
	ld_json_number(top, "length", range->length);
	ld_json_bool(top, "physical", range->flags & LIVEDUMP_RANGE_PHYS);
	ld_json_number(top, "recorded", range->out_recorded);
	ld_missing_to_json(range->out_missing, NULL, top);
	return ld_json_print(top);
}

static int record(const struct ld_args *args, struct ld_session *session,
		  struct livedump_range *range, struct ld_err *err)
{
	struct livedump_record req = {
		.flags = (args->keep ? LIVEDUMP_KEEP : 0) |
			 (args->user_memory ? LIVEDUMP_USER_MEMORY : 0),
		.ranges = (uintptr_t)range,
		.nr = 1,
	};
	char size[LD_SIZE_LEN];
	int result;

	if (ld_annotate_command(session->fd, args->full_argc, args->full_argv, err))
		return -1;
	result = ld_dev_record(session->fd, &req, err);
	if (result < 0)
		return -1;
	if (args->json && print_json(session, range))
		return ld_fail(err, LD_EXIT_FAILED, "cannot print the result");
	if (!args->json && !args->quiet)
		printf("session %s: recorded %s\n", session->name,
		       ld_format_size(range->out_recorded, size));
	if (ld_missing_total(range->out_missing)) {
		fflush(stdout);
		fprintf(stderr, "livedump: missing of 0x%llx:\n", range->address);
		ld_missing_print(range->out_missing, NULL, stderr);
	}
	if (result == LD_DEV_CUT)
		fprintf(stderr, "livedump: %s\n", err->msg);
	return result || ld_missing_total(range->out_missing) ? LD_EXIT_INCOMPLETE : LD_EXIT_OK;
}

static int run(const struct ld_args *args, struct ld_err *err)
{
	struct livedump_range range;
	struct ld_session session;
	int result = -1;

	if (parse(args, &range, err))
		return -1;
	if (!ld_session_begin(&session, err) && !ld_session_open(&session, args->session, err))
		result = record(args, &session, &range, err);
	ld_session_end(&session);
	return result;
}

const struct ld_command ld_cmd_record_memory = {
	.name = "record-memory",
	.operands = "ADDRESS SIZE",
	.summary = "record a range of memory",
	.details = "Whole pages are recorded, and the page tables that map a virtual address.",
	.options = LD_OPT_BIT(SESSION) | LD_OPT_BIT(PHYSICAL) | LD_OPT_BIT(KEEP) |
		   LD_OPT_BIT(USER_MEMORY) | LD_OPT_BIT(JSON),
	.min = 2,
	.max = 2,
	.run = run,
};
