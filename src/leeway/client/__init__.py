"""A typed Python client of a Leeway server, and the documents that both speak."""

from leeway.client.client import Client
from leeway.client.document import as_json
from leeway.client.problem import PROBLEM_JSON, Overtaken, error_of, problem_of
from leeway.client.token import keep_token, read_token

__all__ = ["PROBLEM_JSON", "Client", "Overtaken", "as_json", "error_of", "keep_token", "problem_of", "read_token"]
