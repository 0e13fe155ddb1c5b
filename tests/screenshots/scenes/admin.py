"""The Django admin, as a moderator of the site has it."""

from tests.screenshots.stage import Scene, page


def admin(name: str, path: str = "") -> Scene:
    """A page of the admin."""
    return page(f"admin{name and '-'}{name}", f"/admin/{path}", "root")


ADMIN = [
    admin(""),
    admin("members", "accounts/user/"),
    admin("member", "accounts/user/{noor_id}/change/"),
    admin("rooms", "chat/room/"),
    admin("room", "chat/room/{hard_id}/change/"),
    admin("transcript", "chat/room/{hard_id}/transcript/"),
    admin("memberships", "chat/membership/"),
    admin("messages", "chat/message/"),
    admin("message", "chat/message/{changed_id}/change/"),
    admin("message-delete", "chat/message/{changed_id}/delete/"),
    admin("reports", "chat/report/?state=open"),
    admin("report", "chat/report/{report}/change/"),
    admin("sanctions", "chat/sanction/"),
    admin("sanction", "chat/sanction/{appeal}/change/"),
    admin("held", "chat/heldmessage/"),
    admin("held-one", "chat/heldmessage/{held}/change/"),
    admin("filters", "chat/filter/"),
    admin("filter", "chat/filter/{filter}/change/"),
    admin("filter-try", "chat/filter/{filter}/try/"),
    admin("audit", "chat/auditentry/"),
    admin("emoji", "chat/customemoji/"),
    admin("site", "chat/sitestate/1/change/"),
    admin("tokens", "accounts/apitoken/"),
    admin("password", "password_change/"),
    admin("nothing", "chat/report/?q=nothing-at-all"),
]
