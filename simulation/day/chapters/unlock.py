"""Limits of a short day are set, the units are taken over, and everybody is let out into the yard once."""

from __future__ import annotations

from simulation.day.post import Post
from simulation.day.site import LEFT
from simulation.day.stage import Stage


def prepare(stage: Stage) -> None:
    """Before anybody walks."""
    stage.control.sign_in()
    stage.control.set_limits()
    for post in stage.posts.values():
        people = sum(one.home == post.unit for one in stage.cast.everybody)

        def ready(post: Post = post, people: int = people) -> bool | None:
            return (post.knows_them() and post.has_picture(people)) or None

        stage.wait(f"officers and roll on the page of {post.unit}", ready)


def unlock(stage: Stage) -> None:
    """From here on it is proven of everybody where they are."""
    for post in stage.posts.values():
        shown = post.take_over()
        stage.told(
            f"{post.first.login} takes {post.unit} over and signs for {shown.figures.assigned} on its roll"
        )
    blocks = sorted(stage.posts)
    for block in blocks:
        stage.gates_know(stage.cast.at_home(block), block, block + LEFT)
    for block in blocks:
        stage.go_through([one for one in stage.cast.everybody if one.home == block], block + LEFT, block)
