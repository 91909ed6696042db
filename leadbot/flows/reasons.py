"""Every reason a decision can have. docs/reasons.md says what each means; a test keeps the two together."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a decision is what it is: short, stable, shown on the desk and counted in reports."""

    # a post that is not for the bot
    OWN_POST = "own_post"
    SISTER_BRAND = "sister_brand"
    AUTOMATED_ACCOUNT = "automated_account"
    REPOST = "repost"
    HEARD_ALREADY = "heard_already"
    NOT_ADDRESSED = "not_addressed"
    LEAD_NOT_ADDRESSED = "lead_not_addressed"
    NOT_SUMMONED = "not_summoned"
    LEAD_NOT_SUMMONED = "lead_not_summoned"

    # stop and start
    OPT_OUT = "opt_out"
    OPT_OUT_UNCLEAR = "opt_out_unclear"
    OPT_OUT_REQUESTED = "opt_out_requested"
    OPTED_OUT = "opted_out"
    OPTED_OUT_PERSON_WROTE = "opted_out_person_wrote"
    OPT_OUT_LIFTED = "opt_out_lifted"
    PAUSED = "paused"

    # left in peace, or for a human
    PEACE = "peace"
    NOT_WARM_ENOUGH = "not_warm_enough"
    SUPPORT = "support"
    BUSINESS = "business"
    PRICE_FOR_HUMAN = "price_for_human"
    SMALL_TALK_COOLDOWN = "small_talk_cooldown"
    THIN_PROFILE = "thin_profile"
    NO_PLAYBOOK = "no_playbook"
    ENOUGH_FOR_TODAY = "enough_for_today"

    # a post that waits for its turn
    PACE = "pace"
    GATHERED = "gathered"
    REPLY_IN_FLIGHT = "reply_in_flight"
    REOPENED = "reopened"

    # words
    STARTED = "started"
    ASKED = "asked"
    ASKED_AGAIN = "asked_again"
    ANSWERED = "answered"
    SMALL_TALK = "small_talk"
    ENDED = "ended"
    DECLINED = "declined"
    HELD_BY_GATE = "held_by_gate"
    NOTHING_TO_ANSWER = "nothing_to_answer"

    # hand-off
    HANDED_OVER = "handed_over"
    ASKED_FOR_HUMAN = "asked_for_human"
    QUESTION_FOR_HUMAN = "question_for_human"
    UNCLEAR_FOR_HUMAN = "unclear_for_human"
    SUPPORT_FOR_HUMAN = "support_for_human"
    ABUSE = "abuse"
    FOREIGN_LANGUAGE_FOR_HUMAN = "foreign_language_for_human"
    TO_SAME_REP = "to_same_rep"
    TO_HELPDESK = "to_helpdesk"
    TO_HUMAN = "to_human"
    WANTS_NO_BOT = "wants_no_bot"
    LATE_ANSWER_FOR_HUMAN = "late_answer_for_human"
    PLAYBOOK_WITHDRAWN = "playbook_withdrawn"
    NOT_SUMMONED_FOR_HUMAN = "not_summoned_for_human"
    HUMAN_HAS_IT = "human_has_it"
    CONSENT_YES = "consent_yes"
    CONSENT_NO = "consent_no"
    CONSENT_UNCLEAR = "consent_unclear"

    # edits and deletions
    EDIT_WAITS = "edit_waits"
    EDIT_UPDATED = "edit_updated"
    EDIT_CHANGED_NOTHING = "edit_changed_nothing"
    POST_DELETED = "post_deleted"
    PERSON_GONE = "person_gone"

    # what became of a reply
    REPLY_SENT = "reply_sent"
    REPLY_REFUSED = "reply_refused"
    REPLY_SUPERSEDED = "reply_superseded"
    REPLY_UNKNOWN = "reply_unknown"
    LINE_REPLACED = "line_replaced"

    # humans and time
    TAKEN_OVER = "taken_over"
    RELEASED = "released"
    REP_REPLIED = "rep_replied"
    VETOED = "vetoed"
    RETRACTED = "retracted"
    OUTCOME_SET = "outcome_set"
    FADED = "faded"
    NOTHING_TO_DO = "nothing_to_do"
