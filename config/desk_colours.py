"""The desk in the site's colours: warm greys and wine, as lightness, chroma and hue."""

_GREY = {
    "50": (98.5, 0.003), "100": (96.5, 0.005), "200": (91.5, 0.008), "300": (85.0, 0.010),
    "400": (69.0, 0.014), "500": (53.0, 0.016), "600": (43.0, 0.015), "700": (35.0, 0.013),
    "800": (26.5, 0.010), "900": (20.5, 0.008), "950": (14.0, 0.006),
}  # fmt: skip
_WINE = {
    "50": (97.5, 0.012), "100": (94.5, 0.026), "200": (89.5, 0.05), "300": (82.0, 0.09),
    "400": (74.0, 0.125), "500": (67.0, 0.145), "600": (48.0, 0.15), "700": (40.0, 0.125),
    "800": (34.0, 0.105), "900": (28.5, 0.085), "950": (20.0, 0.06),
}  # fmt: skip


def _shades(steps: dict[str, tuple[float, float]], hue: int) -> dict[str, str]:
    return {step: f"oklch({light}% {chroma} {hue})" for step, (light, chroma) in steps.items()}


DESK_COLOURS = {"base": _shades(_GREY, 85), "primary": _shades(_WINE, 15)}
