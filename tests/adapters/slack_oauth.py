"""Installing the app: somebody agrees in Slack, a code becomes a token, tokens rotate."""

import base64
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from aiohttp import web

from .slack_rules import Json, SlackError

CLIENT = ("1111.2222", "verysecretclientsecret")
LIFE = 43_200


class OAuth:
    """What slack.com does of OAuth for several workspaces. Mixed into the server."""

    team: str
    app_id: str
    bot_user: str
    bot_token: str
    scopes: set[str]

    redirect = ""
    """Where the app's configuration says that installers go back to."""
    installer = "U1"
    rotates = False
    codes: dict[str, "OAuth"]
    """Given to installers, for one use."""
    refreshers: dict[str, "OAuth"]

    async def authorize(self, request: web.Request) -> web.Response:
        """Show the page on which somebody agrees; they do."""
        asked = request.query
        assert asked["client_id"] == CLIENT[0]
        assert set(asked["scope"].split(",")) <= self.scopes
        assert asked["state"]
        code = uuid4().hex
        self.codes[code] = self._chosen(asked.get("team", ""))
        query = urlencode({"code": code, "state": asked["state"]})
        raise web.HTTPFound(f"{asked.get('redirect_uri') or self.redirect}?{query}")

    def _chosen(self, team: str) -> "OAuth":
        return self

    def exchange(self, request: web.Request, arguments: Json) -> Json:
        """Answer `oauth.v2.access`: a code or a refresh token, each good once, for tokens."""
        secret = base64.b64encode(":".join(CLIENT).encode()).decode()
        if request.headers.get("Authorization") != f"Basic {secret}":
            raise SlackError("bad_client_secret")
        if arguments.get("grant_type") == "refresh_token":
            place = self.refreshers.pop(arguments["refresh_token"], None)
            if place is None:
                raise SlackError("invalid_refresh_token")
            place.bot_token = f"xoxe.xoxb-1-{uuid4().hex}"
        else:
            place = self.codes.pop(arguments["code"], None)
            if place is None:
                raise SlackError("invalid_code")
        more: dict[str, Any] = {}
        if self.rotates:
            refresh = f"xoxe-1-{uuid4().hex}"
            self.refreshers[refresh] = place
            more = {"refresh_token": refresh, "expires_in": LIFE}
        return {
            "ok": True,
            "app_id": place.app_id,
            "authed_user": {"id": place.installer},
            "scope": ",".join(sorted(place.scopes)),
            "token_type": "bot",
            "access_token": place.bot_token,
            "bot_user_id": place.bot_user,
            "team": {"id": place.team, "name": place.team},
            "enterprise": None,
            "is_enterprise_install": False,
            **more,
        }
