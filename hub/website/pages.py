"""Every blueprint of the site. Their order means nothing: each address belongs to one of them."""

from __future__ import annotations

from typing import Final

from hub.accounts.admin_views import pages as accounts_desk_pages
from hub.accounts.emergencies.views import pages as emergency_pages
from hub.accounts.factor_door import pages as factor_door_pages
from hub.accounts.own_account import pages as own_account_pages
from hub.accounts.permission_views import pages as permission_pages
from hub.accounts.pin_views import pages as pin_pages
from hub.accounts.slips.views import pages as slip_pages
from hub.accounts.views import pages as account_pages
from hub.biometrics.officer_views import pages as officer_finger_pages
from hub.biometrics.photo_views import pages as photo_pages
from hub.control_room.alarm_book_views import pages as alarm_book_pages
from hub.control_room.alarm_views import pages as alarm_pages
from hub.control_room.officer import pages as officer_pages
from hub.control_room.posts import pages as post_pages
from hub.control_room.replay.views import pages as replay_pages
from hub.control_room.somebody_views import pages as somebody_pages
from hub.control_room.views import pages as control_room_pages
from hub.docket.diary.views import pages as diary_pages
from hub.docket.rule_views import pages as docket_rule_pages
from hub.docket.views import pages as docket_pages
from hub.headcount.entry_views import pages as count_entry_pages
from hub.headcount.muster_views import pages as muster_pages
from hub.headcount.paper_views import pages as count_paper_pages
from hub.headcount.rule_views import pages as count_rule_pages
from hub.headcount.views import pages as count_pages
from hub.keeping.backup.views import pages as backup_pages
from hub.keeping.export.views import pages as export_pages
from hub.keeping.oversight.views import pages as oversight_pages
from hub.keeping.retention.views import pages as retention_pages
from hub.movements.cells.views import pages as cell_pages
from hub.movements.external.consent_views import pages as consent_pages
from hub.movements.external.convoy_views import pages as convoy_pages
from hub.movements.external.views import pages as external_pages
from hub.movements.orders.views import pages as orders_pages
from hub.movements.passes.plan_views import pages as move_plan_pages
from hub.movements.passes.series_views import pages as move_series_pages
from hub.movements.passes.views import pages as move_pages
from hub.movements.site.file_views import pages as site_file_pages
from hub.movements.site.plan_views import pages as site_plan_pages
from hub.movements.site.views import pages as site_pages
from hub.movements.whereabouts.views import pages as location_rules_pages
from hub.reception.admitting.signing_views import pages as receptions_pages
from hub.reception.admitting.views import pages as admitting_pages
from hub.reception.blackout.views import pages as paper_pages
from hub.reception.desk.officer_views import pages as officer_desk_pages
from hub.reception.desk.views import pages as desk_pages
from hub.reception.file.document_views import pages as document_pages
from hub.reception.file.evidence_views import pages as evidence_pages
from hub.reception.file.record_views import pages as fact_pages
from hub.reception.finding import pages as finding_pages
from hub.reception.people import pages as people_pages
from hub.reception.person_pages import PAGES as PERSON_PAGES
from hub.reception.re_enrolment_views import pages as re_enrolment_pages
from hub.reception.register.views import pages as register_pages
from hub.reception.releasing.record_views import pages as release_record_pages
from hub.reception.releasing.views import pages as releasing_pages
from hub.reception.sentencing.date_views import pages as release_date_pages
from hub.reception.sentencing.entry_views import pages as sentence_pages
from hub.reception.sentencing.holiday_views import pages as holiday_pages
from hub.reception.sentencing.policy_views import pages as policy_pages
from hub.reception.standing_views import pages as standing_pages
from hub.roll.gate_plans.views import pages as gate_plan_pages
from hub.roll.theft.views import pages as theft_pages
from hub.sharing.agreements.views import pages as agreement_pages
from hub.sharing.api.views import pages as agency_interface_pages
from hub.sharing.census.views import pages as census_pages
from hub.sharing.console.views import pages as sharing_console_pages
from hub.sharing.corrections.views import pages as correction_pages
from hub.sharing.disclosures.views import pages as disclosure_pages
from hub.sharing.forensic.views import pages as forensic_pages
from hub.sharing.inbox.refusing_views import pages as inbox_refusing_pages
from hub.sharing.inbox.views import pages as inbox_pages
from hub.sharing.outbox.drops.views import pages as drop_pages
from hub.sharing.partners.program_views import pages as program_pages
from hub.sharing.partners.views import pages as partner_pages
from hub.statistics.contradicted.views import pages as contradicted_pages
from hub.statistics.publishing.threshold_views import pages as threshold_pages
from hub.statistics.publishing.views import pages as publication_pages
from hub.statistics.review.views import pages as review_pages
from hub.statistics.views import pages as figure_pages
from hub.terminals.claims.knocking import pages as knocking_pages
from hub.terminals.claims.views import pages as claims_pages
from hub.terminals.configuration.views import pages as configuration_pages
from hub.units.views import pages as unit_pages
from hub.web.routes import Pages

PAGES: Final[tuple[Pages, ...]] = (
    account_pages,
    accounts_desk_pages,
    admitting_pages,
    agency_interface_pages,
    agreement_pages,
    alarm_book_pages,
    alarm_pages,
    backup_pages,
    cell_pages,
    claims_pages,
    configuration_pages,
    census_pages,
    consent_pages,
    contradicted_pages,
    control_room_pages,
    convoy_pages,
    correction_pages,
    count_entry_pages,
    count_pages,
    count_paper_pages,
    count_rule_pages,
    desk_pages,
    diary_pages,
    disclosure_pages,
    docket_pages,
    docket_rule_pages,
    document_pages,
    drop_pages,
    emergency_pages,
    evidence_pages,
    export_pages,
    external_pages,
    fact_pages,
    factor_door_pages,
    figure_pages,
    finding_pages,
    forensic_pages,
    gate_plan_pages,
    holiday_pages,
    inbox_pages,
    inbox_refusing_pages,
    knocking_pages,
    location_rules_pages,
    move_pages,
    move_plan_pages,
    move_series_pages,
    muster_pages,
    officer_desk_pages,
    officer_finger_pages,
    officer_pages,
    orders_pages,
    oversight_pages,
    own_account_pages,
    paper_pages,
    partner_pages,
    program_pages,
    people_pages,
    permission_pages,
    photo_pages,
    pin_pages,
    policy_pages,
    post_pages,
    publication_pages,
    threshold_pages,
    re_enrolment_pages,
    receptions_pages,
    register_pages,
    release_date_pages,
    release_record_pages,
    releasing_pages,
    replay_pages,
    retention_pages,
    review_pages,
    sentence_pages,
    sharing_console_pages,
    site_file_pages,
    site_pages,
    site_plan_pages,
    slip_pages,
    somebody_pages,
    standing_pages,
    theft_pages,
    unit_pages,
    *PERSON_PAGES,
)
