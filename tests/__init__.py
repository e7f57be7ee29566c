import gc

from tests import relations

gc.set_threshold(100_000)  # what is imported stays: looking for garbage in it again and again takes long
relations.forget_what_nobody_holds()  # before the portal is imported: its models keep the way they find relations
