"""Custom actions: thin adapters between Rasa's tracker and `lamoon/`, one per file, which is named after the action."""

from rasa_sdk.plugin import plugin_manager

from actions import page_guard

if not plugin_manager().is_registered(page_guard):
    plugin_manager().register(page_guard)
