"""A catalogue of two made-up checks, one with a threshold."""

from events.check_catalogue import CheckCatalogue, ThresholdRange
from events.vocabulary import CheckName, ThresholdName

ROTTING = CheckName("DOOR_ROTTING_CHECK")
OPEN = CheckName("DOOR_OPEN_CHECK")
AGE = ThresholdName.CERT_AGE_THRESHOLD_IN_DAYS
EXPIRATION = ThresholdName.CERT_EXPIRATION_THRESHOLD_IN_DAYS

CATALOGUE = CheckCatalogue({ROTTING: {AGE: ThresholdRange(default=365, minimum=30, maximum=3650)}, OPEN: {}})
