/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_ANNOTATE_H
#define LD_ANNOTATE_H

#include "json.h"
#include "request.h"

/*
 * Notes kept with a session, which a later command writes into the file: JSON objects, one a line.
 *
 *	{"command":["livedump","start"],"time":"2024-02-29T12:00:00Z","uid":0,"sudo_user":null}
 *	{"incomplete":true}
 *	{"skipped":[{"file":"net.profile","line":7,"target":"foo","reason":"..."}]}
 *	{"request":1,"roots":{"0":"init_task"}}
 *	{"request":1,"types":{"0":"struct foo"},"edges":{"12":".name"},"targets":{"12":"string"}}
 *
 * What is incomplete, the command said that recorded it: a path that ended too soon, say, of which
 * the session does not know. The keys within "roots", "types" and "edges" are indices into the plan
 * of that request; "targets" says of edges that lead to no type what they lead to. In the name of
 * an edge, "[]" at its end is where the index of the pointer goes, and "@" where the CPU goes.
 * Whoever reads this ignores lines that make no sense to him.
 */

/**
 * ld_annotate_json() - keep a JSON object with a session
 * @session: its descriptor
 * @note: it; freed by this
 * @err: filled on failure
 *
 * Return: 0, LD_DEV_CUT where there is no room, or -1.
 */
int ld_annotate_json(int session, struct json_object *note, struct ld_err *err);

/**
 * ld_annotate_command() - keep a command line with a session
 * @session: its descriptor
 * @argc: words
 * @argv: they, the program included
 * @err: filled on failure
 *
 * Where there is no room, that is no failure: what else finds none will be told.
 *
 * Return: 0 or -1.
 */
int ld_annotate_command(int session, int argc, char **argv, struct ld_err *err);

/**
 * ld_annotate_incomplete() - keep with a session that something asked for is missing
 * @session: its descriptor
 * @err: filled on failure
 *
 * Return: 0, LD_DEV_CUT where there is no room, or -1.
 */
int ld_annotate_incomplete(int session, struct ld_err *err);

/**
 * ld_annotate_names() - keep the names of what a request's objects are
 * @session: its descriptor
 * @request: its number
 * @req: targets and plan, as they were sent
 * @err: filled on failure
 *
 * Only of types and edges that occur in its list of objects.
 *
 * Return: 0, LD_DEV_CUT where there is no room, or -1.
 */
int ld_annotate_names(int session, __u32 request, const struct ld_request *req,
		      struct ld_err *err);

#endif
