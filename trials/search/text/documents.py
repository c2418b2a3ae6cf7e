def documents(ids):
    return {}
