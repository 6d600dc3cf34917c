"""The pages of moderators and administrators."""

from techfinder.moderation.views.desk import activity, claim, provider, queue, settle

__all__ = ["activity", "claim", "provider", "queue", "settle"]
