"""Checks each file by the rules of OpenAPI, and each example in it by its schema. Prints what is wrong."""

import json
import sys

from openapi_schema_validator import OAS30Validator, OAS31Validator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

SCHEMA_MAPS = ("properties", "$defs")
SCHEMA_LISTS = ("allOf", "anyOf", "oneOf")
SCHEMA_ONES = ("items", "not", "additionalProperties")


def examples(place, node, in_schema=False):
    """Every example with its place and its schema."""
    if isinstance(node, list):
        for number, inside in enumerate(node):
            yield from examples(f"{place}/{number}", inside)
    if not isinstance(node, dict):
        return
    schema = node if in_schema else node.get("schema")
    if schema is not None:
        if "example" in node:
            yield place, schema, node["example"]
        if not in_schema:
            for name, example in node.get("examples", {}).items():
                yield f"{place}/examples/{name}", schema, example["value"]
    if not in_schema:
        for name, inside in node.items():
            if name == "schemas":
                for schema_name, schema in inside.items():
                    yield from examples(f"{place}/schemas/{schema_name}", schema, True)
            elif name not in ("example", "examples"):
                yield from examples(f"{place}/{name}", inside, name == "schema")
        return
    for name in SCHEMA_MAPS:
        for key, inside in node.get(name, {}).items():
            yield from examples(f"{place}/{name}/{key}", inside, True)
    for name in SCHEMA_LISTS:
        for number, inside in enumerate(node.get(name, [])):
            yield from examples(f"{place}/{name}/{number}", inside, True)
    for name in SCHEMA_ONES:
        yield from examples(f"{place}/{name}", node.get(name), True)


def pieces(document, schema):
    """The schema and all that it refers to or is put together from."""
    if "$ref" in schema:
        target = document
        for name in schema["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        yield from pieces(document, target)
    for inside in schema.get("allOf", []):
        yield from pieces(document, inside)
    yield schema


def strangers(document, place, schema, value):
    """Members that no schema knows: an example that was forgotten when a field got another name."""
    parts = list(pieces(document, schema))
    if isinstance(value, dict):
        known = {name: inside for part in parts for name, inside in part.get("properties", {}).items()}
        more = [part["additionalProperties"] for part in parts if part.get("additionalProperties")]
        for name, inside in value.items():
            if name in known:
                yield from strangers(document, f"{place}/{name}", known[name], inside)
            elif known and not more:
                yield f"{place}: nothing is called {name}"
    if isinstance(value, list):
        for items in (part["items"] for part in parts if "items" in part):
            for number, inside in enumerate(value):
                yield from strangers(document, f"{place}/{number}", items, inside)


def faults(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    is_older = document["openapi"].startswith("3.0")
    whole, one = (OpenAPIV30SpecValidator, OAS30Validator) if is_older else (OpenAPIV31SpecValidator, OAS31Validator)
    for error in whole(document).iter_errors():
        yield f"{path}: {error.message} at {list(error.absolute_path)}"
    count = 0
    for place, schema, example in examples("", document):
        count += 1
        # The components stand beside the schema, so that its references lead to them.
        rooted = {"allOf": [schema], "components": document["components"]}
        for error in one(rooted, format_checker=one.FORMAT_CHECKER).iter_errors(example):
            yield f"{path}{place}: {error.message} at {list(error.absolute_path)}"
        for error in strangers(document, place, schema, example):
            yield f"{path}{error}"
    if count < 30:
        yield f"{path}: only {count} examples were found"


found = [fault for path in sys.argv[1:] for fault in faults(path)]
print("\n".join(found) if found else "all examples fit")
sys.exit(1 if found else 0)
