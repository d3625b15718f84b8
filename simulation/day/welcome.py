"""What whoever looks on is told: addresses, logins, and what is worth a look."""

from __future__ import annotations

from collections.abc import Mapping

from simulation.day.site import BLOCK_A
from simulation.officer import Officer
from simulation.prison import Prison
from simulation.staff import lines


def welcome(prison: Prison) -> None:
    address = f"http://127.0.0.1:{prison.plan.web_port}/"
    watch = prison.supervisor
    print(
        f"\n  Control room   {address}\n  Sign in as     {watch.login}\n  Password       {watch.password}\n",
        flush=True,
    )
    if prison.plan.broker == "amqtt":
        print(
            "  mosquitto is not here: the embedded broker runs, on loopback only and without an access list.\n"
        )
    print("  Ctrl-C stops everything.\n", flush=True)


def worth_a_look(
    prison: Prison, officers: Mapping[str, tuple[Officer, Officer]], members: Mapping[str, str], page: str
) -> None:
    """`page` is the officer's page at the terminal of Block A; `members` are logins and passwords at the hub."""
    officer, second = officers[BLOCK_A]
    site = f"http://127.0.0.1:{prison.plan.web_port}"
    print(
        f"\n  Terminal {BLOCK_A}\n"
        f"  Officer's page   {page}   sign in as {officer.login}, PIN {officer.pin}\n"
        f"  Second officer   {second.login}, PIN {second.pin}\n"
        f"  Inmate's page    {page}inmate\n"
        f"  At the hub       {officer.login}, password {officer.password}\n\n"
        "  Others at the hub: control room, records officers, health, director, auditor, administrator\n"
        + lines({**members, "admin": prison.password}),
        flush=True,
    )
    print(
        f"  The day, as it goes on   {site}/control-room  {site}/moves  {site}/external  {site}/counts (cora)\n"
        f"  Any hour again           {site}/replay (cora)\n"
        f"  The register, as rita    {site}/people  {site}/people/admit  {site}/release-dates  {site}/register\n"
        f"  The liberty docket       {site}/docket  {site}/diary (rita)  {site}/docket/board (dan)\n"
        f"  The trail, as audrey     {site}/audit\n"
        + _agencies(prison, site)
        + "  A grave act asks for the password again: nobody here has a second factor yet. Add one at /account.\n"
        "  What needs two people needs two browsers, or a private window: rita and ruth, sam for releases.\n",
        flush=True,
    )


def _agencies(prison: Prison, site: str) -> str:
    """Where the four sandbox partners are seen, and how to call the hub as one of them."""
    if prison.agencies is None:
        return ""
    courts = prison.plan.folder / "agencies" / "courts"
    return (
        f"  Agencies, as rita        {site}/inbox  {site}/identity  {site}/sharing  {site}/agreements\n"
        f"  What left, as audrey     {site}/sharing  {site}/disclosures\n"
        f"  Their programs, as admin {site}/sharing/partners\n"
        f"  Their interface          {prison.agencies.address}/docs, with the courts' key:\n"
        f"    curl --cert {courts}/client.pem --key {courts}/client.key --cacert {courts}/agencies-ca.pem "
        f"{prison.agencies.address}/v1/keys\n"
    )
