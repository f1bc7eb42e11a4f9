"""How much each of the tagger's 1,280 features speaks for a flower: `vision/flowers.py`.

Written by `tests/benchmarks/flowers.py --write`.
"""

BIAS = -5.969
SCALE = 0.03792
# whole numbers of -127 to 127, of which SCALE makes the weights
WEIGHTS = (
    "9e0Q9vYQ8e3/+hci9QHo/QZCCgjw9P31F/Xo9OwsQfP29/zy7wEcAfvw/gLuAQbz6/34AQHn9vXyGAf9+v0Y7fn8CC"
    "Mi/woWFgHuCvAJ9fT48wT45AEKHfL0ExT58/Dw/f327hYTMgLmC/Dz/Pgb4Az39QP75X/p9RAF9AQGA0sV8Qfv/u0L"
    "E/8U9f/69PIB+//rLQDqC+7hEQkABOX//esO+wj5CvDxCPzZ+PQfFRvyBff9HvT06fgF+P4D+UL6Gvfm6yADBf3x+/"
    "0SIvXk+AEKFBH5AxUq/Qv/6ArrTv0P9AIH6AQJ+u/q7fAK+/8K8Qb7L+7x6wT18Pr7APT48AL45+/3AQMA+Q839PcX"
    "7RD28zsi+PbsBhISS+r87wn7/eHnHQAP7v7wD+vz+uwPAOfk+/kC7uj18Pzj+ezpB+Qt+uoL/AX+BfwgEOvuHvEMHx"
    "D4/wMeSvUD9AMDM/H1+g36APDrH/sB+wUI/BTj9A79+ff/7uz87wvwChwFDwj3/xbzIAoB9QIE/uLy8izoBfrt6wLx"
    "+g8M+ObzDxj47Q716Av47Any8fH58hcH8wAJ4O/KIxXrAwjvBiv58hb7BwLu8Ab8+BIl7fL78PLtCSsJBQo9+/8WAQ"
    "v9BPv0DPge+TU6FPQK6jL4Au8Q9vX09Qjr9yPz9AfzGxcMAhj96Ar7Fv/s/PD56fj8EfH+AUkD9gzt/PMQ9jcN8g0Y"
    "+P3zDfz6Be7z+TEOBOcQ7hQF8PcI7wH/GwsT/QP6/fjuHgP++OwI6Q74BPQY7fDzBxb48hsN9f4K7AwB6f8X/+f27/"
    "Pn8h377wFMFPck9/Ei9vrtBw8A/uwv9y379esH/+z6DQMyJvQo/enu/PD0/QAUAuby2w/++SH97Av59hoA9xTr7/Mf"
    "6vkEEPgIF+/29hru9f0Q8OtH/Pf39fkC6vHy9/wPROj0/Db28P7/+O/98Pz0+Ajt7QkA8/sS9Pby9QrqCgfv9vsH8P"
    "IB+vToL/v+8Pb28voV8vj89PUX+vDuK/z/CA8ODvQm//0OCfb5GAj9/xgCGw0O9vr2Bv7s5PUr/vYBBeny6hjw/Prs"
    "8vPtCOz78iv05O8B5hIg9u4W7QEd7e0Z7P379+r4+Cvx5QsKCxIh7CPu/h/gBPr6/wQAKPX2JP/+7eoUFAUMA/Xw9e"
    "P7Ef8D8uvuL//wBvP8BN/9DQniD/ct7Az4Bfj4BPEK/PzxD9sC6Qvp+vj5Agj99O4KKfz0Df8AARPm+A0KJfn9E+f2"
    "9/34HvXw5BgL7uYE9vADBwvk8/wKMez09REH6wD5AvkH/B3v8Qv+EvbzFvbhJwQa7/cA7/rx+QglJ/cPE/79+gEY9e"
    "0I9w78AfEV8+YG7/f19DjnBv396fz2FPXuGxLuAvD2MPwOH/36AAT7+C8MDxYCEhP4FPUMCvwLBevyMuT+A//8+wj3"
    "BRwD5Ab5Bf/97goK8xUMGf352vU/5f0ZEgL98ygC9fEL/u77+vfj/+n9/dYI9/voHfPw6vgB6vfz5wQG8Ooa7wERE/"
    "vz/ADv6/ASAOvl/PP5B/nmGjIS7fUKD+7qA/1PEjT4/gv3HwQVAPMB/vQLBPzs7/Tz+fEU/e0HAOwELvsYD/QABvEc"
    "Afr4/Pry8PYB8x7yFxD2OPjp+PH68fb78fLuBff5Dvcl+A37/xPx+fH29P/89ukrCfnpB/v+/f0H8PXp/gICAAQ="
)
