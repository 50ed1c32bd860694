"""The class app: two policies side by side in a browser, for a room of students, on this machine only.

`setup` reads what a student has set, `worker` simulates for all of them in turn and keeps results within a bound,
`pair` tells two results side by side, `page` is the Solara page, `serve` the server around it.
"""
