"""The list of all objectives over HTTP: written once, sent as often as it is asked for."""

import gzip
import json

from tests.server.serving import slo

from leeway.client.documents import Items, Status


def test_the_list_is_the_documents_that_the_client_declares(shop):
    """What is written without being checked passes every check, to the last key, and is what one SLO says of itself."""
    told = json.loads(shop.ask("GET", "/api/v1/status")[1])
    read = Items[Status].model_validate(told)
    assert json.loads(read.model_dump_json()) == told
    alone = json.loads(shop.ask("GET", "/api/v1/slos/greeting/status")[1])["items"]
    assert [one for one in told["items"] if one["slo"] == "greeting"] == alone


def test_the_list_packed_is_the_list(shop):
    """Only for those who say that they can read it."""
    plain, body = shop.ask("GET", "/api/v1/status")
    packed, small = shop.ask("GET", "/api/v1/status", headers={"Accept-Encoding": "gzip, deflate"})
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small) == body
    assert len(small) < len(body)


def test_who_has_the_list_already_is_told_so_until_it_changes(fresh):
    """304 by its ETag; new definitions are another list at once."""
    empty, _ = fresh.ask("GET", "/api/v1/status")
    has = {"If-None-Match": f'"other", {empty.headers["ETag"]}'}
    response, body = fresh.ask("GET", "/api/v1/status", headers=has)
    assert (response.status, body, response.headers["ETag"]) == (304, b"", empty.headers["ETag"])
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    assert fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)[0].status == 200
    response, body = fresh.ask("GET", "/api/v1/status", headers=has)
    [one] = json.loads(body)["items"]
    assert (response.status, one["slo"], one["state"]) == (200, "checkout", "no_data")
    assert one["as_of"].startswith("2026-09-21T14:14")
