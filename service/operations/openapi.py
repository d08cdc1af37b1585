"""GET /openapi.json and GET /fleet-audit/api: what can be asked of this service, for machines and for people.

They tell nothing of a fleet, and nobody is asked who he is.
"""

from aiohttp import ETag, hdrs, web

from service.openapi.published import PUBLISHED

DOCUMENT = "/openapi.json"
PAGE = "/fleet-audit/api"


async def openapi_document(request: web.Request) -> web.Response:
    """Answer with the OpenAPI 3.1 document of all operations."""
    body, tag = request.app[PUBLISHED].as_json
    return _answer(request, body, tag, "application/json")


async def api_page(request: web.Request) -> web.Response:
    """Answer with the same as a page for a browser, which needs no script and nothing from elsewhere."""
    published = request.app[PUBLISHED]
    body, tag = published.as_page
    response = _answer(request, body, tag, "text/html")
    response.headers["Content-Security-Policy"] = published.policy_of_page
    return response


def _answer(request: web.Request, body: bytes, tag: ETag, content_type: str) -> web.Response:
    known = request.if_none_match or ()
    if any(each.value in {tag.value, "*"} for each in known):
        response = web.Response(status=304)
    else:
        response = web.Response(body=body, headers={hdrs.CONTENT_TYPE: f"{content_type}; charset=utf-8"})
    response.etag = tag
    response.headers[hdrs.CACHE_CONTROL] = "no-cache"
    return response
