/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_JSON_H
#define LD_JSON_H

#include <stdint.h>
#include <stdio.h>
#include <json-c/json.h>

/**
 * ld_json_text() - make a string
 * @value: any bytes; what is not UTF-8 becomes question marks
 *
 * Return: the string, or NULL without memory.
 */
struct json_object *ld_json_text(const char *value);

/** ld_json_string() - add a string. @object: to it; @key: under it; @value: it, or NULL */
void ld_json_string(struct json_object *object, const char *key, const char *value);

/** ld_json_number() - add a number. @object: to it; @key: under it; @value: it */
void ld_json_number(struct json_object *object, const char *key, uint64_t value);

/**
 * ld_json_address() - add an address as a ``"0x…"`` string
 * @object: to it
 * @key: under it
 * @value: it
 *
 * JSON numbers are doubles to many readers; a kernel address does not survive that.
 */
void ld_json_address(struct json_object *object, const char *key, uint64_t value);

/** ld_json_bool() - add a truth value. @object: to it; @key: under it; @value: it */
void ld_json_bool(struct json_object *object, const char *key, int value);

/** ld_json_child() - add an object. @object: to it; @key: under it. Return: the new one. */
struct json_object *ld_json_child(struct json_object *object, const char *key);

/** ld_json_array() - add an array. @object: to it; @key: under it. Return: the new one. */
struct json_object *ld_json_array(struct json_object *object, const char *key);

/** ld_json_element() - append an object to an array. @array: it. Return: the new one. */
struct json_object *ld_json_element(struct json_object *array);

/** ld_json_pretty() - as text to read. @object: it. Return: text that goes with it, or NULL. */
const char *ld_json_pretty(struct json_object *object);

/**
 * ld_json_print_to() - print and free
 * @object: it
 * @to: there
 *
 * Return: 0, or -1 if it could not be printed.
 */
int ld_json_print_to(struct json_object *object, FILE *to);

/**
 * ld_json_print() - print to standard output and free
 * @object: it
 *
 * Return: 0, or -1 if it could not be printed.
 */
int ld_json_print(struct json_object *object);

#endif
