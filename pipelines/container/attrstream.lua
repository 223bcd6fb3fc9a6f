-- A module for Lmod: module load attrstream. Install with
--   python3 -m venv /opt/software/attrstream/0.1.0 && /opt/software/attrstream/0.1.0/bin/pip install attrstream-0.1.0-py3-none-any.whl
-- and put this file at /opt/modulefiles/attrstream/0.1.0.lua.
help([[Streaming consistency scores for attribution maps of genomic deep networks.]])
whatis("Name: attrstream")
whatis("Version: " .. myModuleVersion())

local root = pathJoin("/opt/software/attrstream", myModuleVersion())
-- The program alone: the environment's own python stays out of the way.
set_alias("attrstream", pathJoin(root, "bin/attrstream"))
