"""Two published public keys with known weaknesses, as numbers. Source: the test data of badkeys (MIT).

A certificate needs no private key of its subject: any CA key can sign one over these.
"""

PUBLIC_EXPONENT = 65537

ROCA_MODULUS = int(
    "9132ad211fcc0dfb4dae48326ac864c227e4b394b09bd1c4930e197028a3c907694d2b489e4f69754aeae338c6ead939"
    "c57f406985cbbb8edf9a2055cc2946bc05d365ba67e896c6d4811152cfa2d290514f90b352eeef27feb72fbd8dcd5bc9"
    "15a4f4494139cc1ca10a3244fa97e53275f57b5529b4e767379007798e112a4ba056c7b75cedb132cdf21f7bd3c9976d"
    "9da38815153477a13b3ebb2046d100a851dc00698f530d19396f00fbef2c4bf1659ebc4c7fd9556b5ffc93f03ca2d3df"
    "acd222a5f028ab430a27ea31136c0c2f50c3c481931a635a37780f00d2727ae71aee9b40f8d1aae68535c77a56317812"
    "beb5525d4a28364f31224acac52cf72d",
    16,
)
"""CVE-2017-15361: made by Infineon's RSA library."""

DEBIAN_WEAK_MODULUS = int(
    "c096530c4c4a343fc388ff8b6e14c88b617485966dd0f757f3decb2f03dfdfe6f518e0948f5387059bd5aa124f26d38f"
    "139dd6ebc234360561689758e9b14e03f714508167374cbf64e24e26c3cd95ed5a5d04e3c404be157bb8090e9ada9cdc"
    "53ef7e806c1e77b5f10242150a24e9adf991088daf20a75beb54bc91fe43dd8755447fd3abdefb9f1c987a8b04198245"
    "04e213f8dd26a9c6b7ed2f2103d8422720f7a7400ce34743e4ce40440c69013efea2a39790fcdfccbb424da1d824adfe"
    "58071ed76d41af836e4093ea60f5719e250fa214f8631153a81eefc17d82e3f819da57691ed9602550074fdea73ac9e5"
    "cfe10f6b91adc31b402c3e370b03a559",
    16,
)
"""CVE-2008-0166: made by Debian's broken OpenSSL."""
