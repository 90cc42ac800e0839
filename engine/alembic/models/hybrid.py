from sqlalchemy.orm import Ignored


def hybrid_property(*args, **kwargs):
    return Ignored()


hybrid_method = association_proxy = ordering_list = index_property = hybrid_property


class AsyncAttrs:
    pass
