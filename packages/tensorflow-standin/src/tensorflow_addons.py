"""Stand-in for `tensorflow_addons`: see `_tensorflow_standin`."""

import _tensorflow_standin

_tensorflow_standin.install(__name__)
