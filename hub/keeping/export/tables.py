"""Every table of the database: taken along as it is, or held back with the reason; a test finds any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session
from sqlalchemy.types import LargeBinary

from hub.database import Base

_AT_ONCE: Final = 2_000

TAKEN: Final = frozenset(
    """
    absence_authorisations absence_occurrences admission_steps alarm_limits alarm_steps alarm_trials alarms
    census_differences census_lines census_lists census_rules census_runs census_steps
    correction_hearers correction_told corrections
    agencies agreement_acts agreement_versions agreements disclosure_links disclosures
    area_resets attestations backup_checks backups breach_notices cell_terms cells checkpoints convoys curfews
    deliveries delivery_attempts drop_files drop_settings sharing_events
    desired_configurations docket_limits docket_owners docket_runs emergency_uses escort_runs external_steps
    fact_links feed_items finding_steps findings finger_takings floor_plans forensic_requests forensic_steps
    forensic_words
    gate_plans headcount_explanations
    headcount_marks headcount_rules headcount_slips headcount_steps headcount_units headcounts
    holiday_decisions incident_steps incidents joined_persons joined_stays location_rules merge_cases
    merge_steps movement_reversals muster_marks muster_people musters officer_consents order_receipts
    inbound_bodies inbound_messages inbox_facts inbox_items inbox_steps inbox_words
    partner_certificates partner_clients partner_requests partner_webhooks
    out_count_steps paper_batches paper_rows pass_clashes pass_groups pass_rules pass_series
    pass_series_people pass_series_skips pass_steps passes person_languages plan_shapes plan_spots
    policy_decisions policy_differences policy_trials positions posts proofs re_enrolments
    reckoning_signatures reckonings referral_changes referral_settings referrals register_imports
    register_mappings register_rows release_cases release_doubt_answers release_doubts release_holidays
    release_marks release_policies release_records retention_items retention_rules retention_runs rollout_acts
    entered_figures roll_snapshots review_acts review_makings review_papers review_seals reviews
    disclosure_rules publication_acts publication_files publications
    rollouts running_counts site_changes site_order_scopes site_order_steps site_orders sites slips
    standing_procedures standing_reviews terminals theft_officers theft_people theft_steps thefts unit_shifts
    unusable_fingers visitor_steps visitors zone_permissions zones
    """.split()
)
"""Without columns of bytes, which nobody could read."""

_ELSEWHERE: Final = "in files of their own"
_OFFICERS: Final = "secrets of officers, or what opens them"
_MACHINE: Final = "how machines talk with each other; nothing of it is about a person's custody"
_CALLS: Final = "what opens the agencies' interface for minutes, and answers kept for two days"
_DERIVED: Final = "made anew from the rest"
_TRAIL: Final = "the trail has an export of its own that proves itself: pims-hub audit export"

HELD_BACK: Final = {
    **dict.fromkeys(
        ("persons", "bookings", "movements", "facts", "documents", "photos", "fingers"), _ELSEWHERE
    ),
    **dict.fromkeys(
        (
            *("accounts", "factors", "known_devices", "login_failures", "login_sessions", "officer_pins"),
            *("password_slips", "recovery_codes", "person_keys", "roll_halves", "key_releases", "exports"),
            *("officer_keys", "officer_fingers"),
        ),
        _OFFICERS,
    ),
    **dict.fromkeys(("partner_tokens", "partner_answers"), _CALLS),
    **dict.fromkeys(("audit_entries", "audit_links", "audit_seals"), _TRAIL),
    **dict.fromkeys(
        (
            *("search_entries", "search_keys", "search_postings", "finger_searches", "person_changes"),
            *(
                "officer_changes",
                "counters",
                "docket_queue",
                "travel_times",
                "replay_bundles",
                "roll_reaches",
            ),
        ),
        _DERIVED,
    ),
    **dict.fromkeys(
        (
            *("admission_images", "admissions_under_way", "aside_counts", "boots", "configuration_events"),
            *("configuration_reports", "cut_tails", "desk_findings", "desk_look_events", "desk_looks"),
            *(
                "desk_officer_events",
                "desk_officer_parts",
                "desk_officer_tasks",
                "desk_parts",
                "desk_reports",
                "desk_task_events",
                "desk_tasks",
                "forks",
                "journals",
                "kept_aside",
            ),
            *("quarantined", "roll_epochs", "roll_receipts", "rollout_members", "stored_entries"),
            *("terminal_claim_approvals", "terminal_claims", "terminal_holdings", "terminal_reports"),
            *("terminal_samples", "terminal_state_changes", "terminal_states", "unit_holdings"),
            *("delivery_senders", "fact_cursors", "facts_taken"),
            *("forensic_candidates", "forensic_parcels", "forensic_probes"),
            *("terminal_boots", "certificate_renewals", "batch_signatures", "plan_holdings"),
        ),
        _MACHINE,
    ),
}


def taken() -> list[Table]:
    """Tables that are taken along, by name. RuntimeError when this process does not know them all: an export that
    leaves some out would look whole."""
    found: dict[str, Table] = {str(name): one for name, one in Base.metadata.tables.items()}
    if unknown := TAKEN - set(found):
        raise RuntimeError(f"not loaded: {', '.join(sorted(unknown))}")
    return [found[name] for name in sorted(TAKEN)]


def columns_of(table: Table) -> list[Column[Any]]:
    """The columns that are taken along."""
    return [column for column in table.columns if not isinstance(column.type, LargeBinary)]


def rows_of(session: Session, table: Table) -> Iterator[Sequence[object]]:
    """Rows of a table, oldest first."""
    wanted = select(*columns_of(table)).order_by(*table.primary_key.columns)
    for row in session.execute(wanted.execution_options(yield_per=_AT_ONCE)):
        yield tuple(row)


def described() -> dict[str, object]:
    """What each table and column is: for whoever reads the files without this program."""
    mappers = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    return {
        str(table.name): {
            "about": " ".join((mappers[table].__doc__ or "").split()) if table in mappers else "",
            "columns": [_described(column) for column in columns_of(table)],
        }
        for table in taken()
    }


def _described(column: Column[Any]) -> dict[str, object]:
    target = next((key.target_fullname for key in column.foreign_keys), None)
    return {
        "name": str(column.name),
        "type": column.type.python_type.__name__,
        "may_be_empty": bool(column.nullable),
        **({} if target is None else {"refers_to": target}),
    }
