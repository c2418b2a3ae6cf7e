def write(rows):
    pass


def remove(ids):
    pass
