"""Who may open the pages of this app: pure rules over a request."""

from __future__ import annotations

from webapp.core.access import anyone, signed_in

may_sign_in = anyone
may_choose_looks = anyone  # language and large letters are for everybody, also at the gate
may_keep_own_account = signed_in
