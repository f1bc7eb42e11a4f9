"""How much each of the tagger's 1,280 features speaks for a flower: `vision/flowers.py`."""

BIAS = -5.946
SCALE = 0.04220
# whole numbers of -127 to 127, of which SCALE makes the weights
WEIGHTS = (
    "9uoK8fEX7+z/+hsx8/vuAAo4EQ3w8Qf0GfXq9ekoSPX++frw6QEZBfvwBwPv/grw5v3wAAfq9/nwFAX6+gMY7f79AS"
    "Mb/w4MHgLqC+8N9PD07wn05gMHHvbvHhj98u/u/f337RwVKgHgCe7z+/kV2Qn68QEF3n/o9RQH7gUJA1AW7AXvB+kG"
    "GAAX8f/u9vMA+wHmMv3sDez1EQQCBuUE/e4Q/Az/Au7yBf3f+PYnGSvxCfX5HvL24PcH+P0A/Uf5HPnj7CkC+vzs+f"
    "sSI/Xq9wEQGxr6BRUl/hLz4wfpTwAR9QML4QUJ/e3p8fEE+/4K7A38Jezx6Af38Pn6+fTz8QP44On2/wEE8xQ89fQa"
    "7xf28TIX+vbtCBUTSef87wUB+d3gH/8U6vXvDu3y9+oDAe/g+/UC7ejz8frb9+3sDuAw+eYO+gb+AvwYCe3rGO8QJR"
    "Dx//sdSfkD8wD5OOrvCw36CvDpGvr++gMI/hTe9Q/8+ff96/D69BICCyUGFQb5ABnxJQ0F8gEA/93s8yvj/fvt6QDt"
    "+RUO9OLxFhbz6w/04xP16wru7/L48hgO8QQN2+fPIxTkAwvvAib69Q39CwHt7gT4+hYk7vH86+rrCTEJCA1B9wIj+x"
    "AAC/bzD/gZ/jQ6EfMI4zr1A/EP8vH39w3p+S7y8gf0HRoLBRv56Q/6EgTt/vL26vT3EPH+A0n+9Qfm/fsa9zYS8Q8f"
    "9/z0C/77CO3x+TEOBOIQ7RUH7/YK6/7/FBAX/wX9/vrqGwD99+oK5wrzB/Ia6uzxCg748SUO9voI7w0F8wIY/+X16/"
    "Df8hP96v9MD/Up9vok9fbr+xQK+uo89DHu8+kIAun7DwA6KPMi++DsAu7z+/4VBunx1Q//+yP+6xL49hsA9RTo8vck"
    "6fkGDvUGFe307xzt9v0Q8+pP/fX59fgE5uz2+P4PQvHs+zL36/8D9+/75Pjx+gTs6wf98/0U9ffw9ArnCwf19/kL6/"
    "H+/+/qLvsE6ur28foY7/jz9fcT+/npL/n/ERcJEuwj//oTB/L5Ig79/x0BFgoU9fv3Af/q3fQ2+/MACOXy6Rrw+/rv"
    "7PLqBvH68Sn65OEC6BIt9OsU5wQi6uoT7fz7++j49inx3gMMBBIo7Rjw/SPX9/r3BQf+KvP1F/8E7uwWFAcRAfPu8t"
    "z8EQEI9OzqM/7rBO/7AN37EQftGfcu5xD3Avv0BfME/ffsEtcD5gvk+/T6AgP77uoPL/zzCgMB/hXk+hEQIvn5E+nv"
    "9vr2Hvjt4iEO7eMC8vMBDATi8P8KM+j29RUJ7QH5D/oJ+SHw8gT/FPP2FvLdLwIY6/f77vjr9AspKPYUDgD7+gEb9e"
    "wJ9w/7//Ac8N8H7vb18EDkBvn15f31G/fuIRHvAPHrIPYPKP78BgL89jgJEg/+GBH2FvQIDgAKBenvMugBAAP8CQb3"
    "CBf74/z8//316w0R8RUQGPz42PQz4voVEAMB8yYC8/EJAur68/TjAub9/d0K9/zpIPLu6vX/7PXx7QcE7fYi8AMMGv"
    "75+wDw6fAJAevh/+/0C/TjGi4X5vMCDevqBvlOFC/5BQ34FwYTAPL//fIMDPbu7PPx+Owa/e4HAOkILPoPC/MDB/Me"
    "Avny+v7v7/ME8R/xHBj2PPfp9+r57/P88PHsBvX5D/ch9g75Chbw9O/07wH89eM+C/jzCfn9Af4L7vPlAAT++/8="
)
