"""Who may use what: every endpoint and method, as each persona, with the answer they get:
    in    asked to sign in, and led back afterwards
    200   shown              302  done, and led on
    401   the session is over: sign in, what was typed is kept
    403   not for someone like you
    404   not yours, which is as if it did not exist
    409   not now, or not your turn
    422   the form is shown again

`stage` is what exists when the door is tried (see `world.py`): a request of the coordinator's pole, routed to the
partner, in the region of the regional cell, as applications are. `other_pole` is a coordinator elsewhere,
`other_partner` was never asked, `other_region` is a cell of another region, `nobody` a person of no organisation.
"""

from dataclasses import dataclass

from tests.access.beside import BESIDE
from tests.access.confirmed import OPEN_WORDS
from tests.access.gathered import OPEN_SESSIONS

PERSONAS = (
    "visitor",
    "coordinator",
    "member",
    "other_pole",
    "practitioner",
    "manager",
    "other_partner",
    "regional",
    "other_region",
    "national",
    "observer",
    "nobody",
)

# fmt: off
TABLE = """
endpoint                      method stage     | visitor coord member pole2 | pract manag partn2 | region reg2 nation | observ nobody
static                        GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
home.index                    GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
home.how_to_apply             GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
home.legal                    GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
home.privacy                  GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
home.accessibility            GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
home.style_guide              GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
home.help_and_contact         GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
home.site_map                 GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
home.health                   GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
home.robots                   GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
home.set_language             POST   none      |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
catalogue.index               GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
guide.index                   GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
catalogue.show                GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
register.index                GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
register.chart                GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
register.show                 GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
search.index                  GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
security.login                GET    none      |   200    302   302    302  |  302   302   302   |  302   302   302   |  302    302
security.login                POST   none      |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
security.logout               POST   none      |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
security.forgot_password      GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
security.forgot_password      POST   none      |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
security.reset_password       GET    link      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
security.reset_password       POST   link      |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
security.change_password      GET    none      |   in     200   200    200  |  200   200   200   |  200   200   200   |  200    200
security.change_password      POST   none      |   401    302   302    302  |  302   302   302   |  302   302   302   |  302    302
security.verify               GET    none      |   in     200   200    200  |  200   200   200   |  200   200   200   |  200    200
security.verify               POST   none      |   401    302   302    302  |  302   302   302   |  302   302   302   |  302    302
safety.overview               GET    none      |   in     200    200    200  |  200   200   200   |  200   200   200   |  200    200
safety.sessions               GET    none      |   in     200    200    200  |  200   200   200   |  200   200   200   |  200    200
safety.end_session            POST   safe      |   401    302    404    404  |  404   404   404   |  404   404   404   |  404    404
safety.sign_out_everywhere    POST   none      |   401    302    302    302  |  302   302   302   |  302   302   302   |  302    302
safety.set_up_application     GET    none      |   in     200    200    200  |  200   200   200   |  200   200   200   |  200    200
safety.set_up_application     POST   none      |   401    422    422    422  |  422   422   422   |  422   422   422   |  422    422
safety.remove_application     POST   safe      |   401    302    409    409  |  409   409   409   |  409   409   409   |  409    409
safety.renew_recovery_codes   POST   safe      |   401    200    409    409  |  409   409   409   |  409   409   409   |  409    409
safety.manage_passkeys        GET    safe      |   in     200    200    200  |  200   200   200   |  200   200   200   |  200    200
safety.manage_passkeys        POST   none      |   401    422    422    422  |  422   422   422   |  422   422   422   |  422    422
safety.remove_passkey         POST   safe      |   401    302    404    404  |  404   404   404   |  404   404   404   |  404    404
safety.change_address         GET    none      |   in     200    200    200  |  200   200   200   |  200   200   200   |  200    200
safety.change_address         POST   none      |   401    302    302    302  |  302   302   302   |  302   302   302   |  302    302
safety.confirm_address        GET    confirm   |   200    200    200    200  |  200   200   200   |  200   200   200   |  200    200
safety.confirm_address        POST   confirm   |   302    302    302    302  |  302   302   302   |  302   302   302   |  302    302
safety.stop_address           GET    stop      |   200    200    200    200  |  200   200   200   |  200   200   200   |  200    200
safety.stop_address           POST   stop      |   302    302    302    302  |  302   302   302   |  302   302   302   |  302    302
safety.second_step            GET    none      |   302    302    302    302  |  302   302   302   |  302   302   302   |  302    302
safety.second_step            POST   none      |   302    302    302    302  |  302   302   302   |  302   302   302   |  302    302
accounts.profile              GET    none      |   in     200   200    200  |  200   200   200   |  200   200   200   |  200    200
accounts.profile              POST   none      |   401    302   302    302  |  302   302   302   |  302   302   302   |  302    302
personal_data.show            GET    none      |   in     200   200    200  |  200   200   200   |  200   200   200   |  200    200
personal_data.copy            GET    none      |   in     200   200    200  |  200   200   200   |  200   200   200   |  200    200
personal_data.download        POST   none      |   401    200   200    200  |  200   200   200   |  200   200   200   |  200    200
personal_data.close           GET    none      |   in     200   200    200  |  200   200   200   |  200   200   200   |  200    200
personal_data.close_now       POST   none      |   401    409   302    409  |  302   409   302   |  409   409   409   |  302    302
accounts.switch_organisation  POST   none      |   401    302   404    404  |  404   404   404   |  404   404   404   |  404    404
teams.index                   GET    none      |   in     200    200   404  |  404   404   404   |  200   404   200   |  403    403
teams.index                   GET    asked     |   in     200   200    404  |  404   404   404   |  200   404   200   |  403    403
teams.invite                  GET    none      |   in     200    403   404  |  403   404   403   |  200   404   200   |  403    403
teams.invite                  POST   none      |   401    302    403   404  |  403   404   403   |  302   404   302   |  403    403
teams.send_again              POST   invited   |   401    302    403   404  |  403   404   403   |  302   404   302   |  403    403
teams.revoke                  POST   invited   |   401    302    403   404  |  403   404   403   |  302   404   302   |  403    403
teams.change_role             GET    mate      |   in     200    403   404  |  403   404   403   |  200   404   200   |  403    403
teams.change_role             POST   mate      |   401    302    403   404  |  403   404   403   |  302   404   302   |  403    403
teams.leave                   GET    mate      |   in     200    404   404  |  404   404   404   |  200   404   200   |  404    404
teams.leave                   POST   mate      |   401    302    404   404  |  404   404   404   |  302   404   302   |  404    404
teams.leave                   GET    hat       |   in     200    404   404  |  404   404   404   |  404   404   200   |  404    404
teams.leave                   POST   hat       |   401    302    404   404  |  404   404   404   |  404   404   302   |  404    404
teams.absences                GET    mate      |   in     200    404   404  |  404   404   404   |  200   404   200   |  404    404
teams.absences                POST   mate      |   401    302    404   404  |  404   404   404   |  302   404   302   |  404    404
teams.absences                GET    hat       |   in     200    404   404  |  404   404   404   |  404   404   200   |  404    404
teams.absences                POST   hat       |   401    302    404   404  |  404   404   404   |  404   404   302   |  404    404
teams.write_again             POST   mate      |   401    302    404   404  |  404   404   404   |  302   404   302   |  404    404
teams.remove_absence          POST   away      |   401    302    404   404  |  404   404   404   |  302   404   302   |  404    404
teams.review                  GET    none      |   in     200    403   404  |  403   404   403   |  200   404   200   |  403    403
teams.review                  POST   none      |   401    302    403   404  |  403   404   403   |  302   404   302   |  403    403
guests.accept                 GET    invited   |   200    403    403   403  |  403   403   403   |  403   403   403   |  403    200
guests.accept                 POST   invited   |   in     403    403   403  |  403   403   403   |  403   403   403   |  403    302
guests.ask_again              POST   invited   |   302    302    302   302  |  302   302   302   |  302   302   302   |  302    302
organisations.index           GET    none      |   in     403   403    403  |  403   403   403   |  200   200   200   |  403    403
organisations.own             GET    none      |   in     302   302    302  |  302   302   302   |  302   302   302   |  403    403
organisations.detail          GET    none      |   in     200   200    404  |  404   404   404   |  200   404   200   |  403    403
organisations.detail          GET    partner   |   in     404   404    404  |  200   200   404   |  200   404   200   |  403    403
organisations.detail          GET    asked     |   in     200   200    404  |  200   200   404   |  200   404   200   |  403    403
records.edit                  GET    none      |   in     200   403    404  |  403   404   403   |  200   404   200   |  403    403
records.edit                  POST   none      |   401    302   403    404  |  403   404   403   |  302   404   302   |  403    403
records.edit                  GET    partner   |   in     404   403    404  |  403   200   403   |  404   404   200   |  403    403
records.edit                  POST   partner   |   401    404   403    404  |  403   302   403   |  404   404   302   |  403    403
records.stages                GET    staged    |   in     200   403    404  |  403   404   403   |  200   404   200   |  403    403
records.stages                POST   staged    |   401    302   403    404  |  403   404   403   |  302   404   302   |  403    403
records.correct_stage         GET    staged    |   in     200   403    404  |  403   404   403   |  200   404   200   |  403    403
records.correct_stage         POST   staged    |   401    302   403    404  |  403   404   403   |  302   404   302   |  403    403
records.remove_stage          POST   staged    |   401    302   403    404  |  403   404   403   |  302   404   302   |  403    403
records.recognitions          GET    recognised |  in     403   403    403  |  403   403   403   |  200   404   200   |  403    403
records.recognitions          POST   recognised |  401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
records.remove_recognition    POST   recognised |  401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
records.absences              GET    absent    |   in     404   403    404  |  403   200   403   |  404   404   200   |  403    403
records.absences              POST   absent    |   401    404   403    404  |  403   302   403   |  404   404   302   |  403    403
records.remove_absence        POST   absent    |   401    404   403    404  |  403   302   403   |  404   404   302   |  403    403
records.create                GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
records.create                POST   none      |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
records.activity              GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
records.activity              POST   none      |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
records.find_double           GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
records.merge                 GET    double    |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
records.merge                 POST   double    |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
catalogue.deliver             GET    partner   |   in     404   403    404  |  403   200   403   |  404   404   200   |  403    403
catalogue.deliver             POST   partner   |   401    404   403    404  |  403   302   403   |  404   404   302   |  403    403
usage.index                   GET    done      |   in     403   403    403  |  403   403   403   |  200   200   200   |  200    403
usage.export                  GET    done      |   in     403   403    403  |  403   403   403   |  200   200   200   |  200    403
transfers.index               GET    transfer  |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
transfers.bring               GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
transfers.bring               POST   none      |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
transfers.report              GET    transfer  |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
transfers.download_report     POST   transfer  |   401    403   403    403  |  403   403   403   |  403   403   200   |  403    403
transfers.apply               POST   transfer  |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
transfers.discard             POST   transfer  |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
transfers.template            GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
transfers.export              POST   none      |   401    403   403    403  |  403   403   403   |  403   403   200   |  403    403
dispatch.index                GET    given_up  |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
dispatch.try_again            POST   given_up  |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
dispatch.show                 GET    given_up  |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
dispatch.figures              GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
dispatch.paused               GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
dispatch.pause                POST   none      |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
dispatch.resume               POST   none      |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
dispatch.drop                 POST   none      |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
dispatch.giving_up            GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
dispatch.give_up              POST   none      |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
dispatch.send_again           POST   sent_once |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
mailbox.held                  GET    answer    |   in     200    404   404  |  404   404   404   |  404   404   404   |  404    404
mailbox.held                  POST   answer    |   401    302    404   404  |  404   404   404   |  404   404   404   |  404    404
dispatch.write_again          POST   came_back |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
dispatch.try_all_again        POST   given_up  |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
by_mail.show                  GET    mailed    |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
by_mail.act                   POST   mailed    |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
by_mail.take_back             POST   used      |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
reply_by_mail.show            GET    written   |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
reply_by_mail.say             POST   written   |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
notifications.less_often      GET    stopped   |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
notifications.less_often      POST   stopped   |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
news.index                    GET    none      |   in     200   200    200  |  200   200   200   |  200   200   200   |  200    200
news.preferences              GET    none      |   in     200   200    200  |  200   200   200   |  200   200   200   |  200    200
news.preferences              POST   none      |   401    302   302    302  |  302   302   302   |  302   302   302   |  302    200
notifications.preview_list    GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
notifications.preview         GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
notifications.mailbox         GET    none      |   404    404   404    404  |  404   404   404   |  404   404   404   |  404    404
notifications.mailbox_email   GET    given_up  |   404    404   404    404  |  404   404   404   |  404   404   404   |  404    404
applications.begin            GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
applications.begin            POST   none      |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
applications.lost_link        GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
applications.lost_link        POST   none      |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
applications.link_sent        GET    none      |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
applications.follow           GET    ap_draft  |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
applications.follow           GET    ap_dead   |   404    404   404    404  |  404   404   404   |  404   404   404   |  404    404
applications.write            GET    ap_draft  |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
applications.write            POST   ap_draft  |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
applications.documents        GET    ap_draft  |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
applications.documents        POST   ap_draft  |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
applications.own_document     GET    ap_draft  |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
applications.detach           POST   ap_draft  |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
applications.send             GET    ap_draft  |   200    200   200    200  |  200   200   200   |  200   200   200   |  200    200
applications.send             POST   ap_draft  |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
applications.discard          POST   ap_draft  |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
applications.answer           POST   ap_asked  |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
applications.withdraw         POST   ap_sent   |   302    302   302    302  |  302   302   302   |  302   302   302   |  302    302
applications.index            GET    ap_sent   |   in     403   403    403  |  403   403   403   |  200   200   200   |  403    403
applications.show             GET    ap_sent   |   in     403   403    403  |  403   403   403   |  200   404   200   |  403    403
applications.document         GET    ap_sent   |   in     403   403    403  |  403   403   403   |  200   404   200   |  403    403
applications.check_company    POST   ap_sent   |   401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
applications.advise           POST   ap_sent   |   401    403   403    403  |  403   403   403   |  302   404   409   |  403    403
applications.ask              POST   ap_sent   |   401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
applications.ask              POST   ap_advis  |   401    403   403    403  |  403   403   403   |  409   404   302   |  403    403
applications.admit            POST   ap_advis  |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
applications.refuse           POST   ap_advis  |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
requests.index                GET    proposed  |   in     200   200    200  |  200   200   200   |  200   200   200   |  403    403
batch.act                     GET    none      |   in     404   404    404  |  404   404   404   |  404   404   404   |  403    403
batch.act                     POST   none      |   401    403   403    403  |  302   302   302   |  403   403   403   |  403    403
filters.keep                  POST   none      |   401    302   302    302  |  302   302   302   |  302   302   302   |  403    403
filters.remove                POST   kept      |   401    302   404    404  |  404   404   404   |  404   404   404   |  403    403
writing.new                   GET    none      |   in     200   200    200  |  403   403   403   |  403   403   403   |  403    403
writing.new                   POST   none      |   401    302   302    302  |  403   403   403   |  403   403   403   |  403    403
requests.show                 GET    draft     |   in     200   200    404  |  404   404   404   |  404   404   404   |  403    403
requests.show                 GET    to_route  |   in     200   200    404  |  404   404   404   |  200   404   200   |  403    403
requests.show                 GET    proposed  |   in     200   200    404  |  200   200   404   |  200   404   200   |  403    403
writing.edit                  GET    draft     |   in     302   302    404  |  403   403   403   |  403   403   403   |  403    403
writing.write                 GET    draft     |   in     200   200    404  |  403   403   403   |  403   403   403   |  403    403
writing.write                 POST   draft     |   401    302   302    404  |  403   403   403   |  403   403   403   |  403    403
requests.remove_document      POST   doc_draft |   401    302   302    404  |  403   403   403   |  403   403   403   |  403    403
documents.download            GET    doc       |   in     200   200    404  |  200   200   404   |  200   404   200   |  404    403
documents.download            GET    doc_part  |   in     200   200    404  |  200   200   404   |  200   404   200   |  404    403
requests.discard              POST   draft     |   401    302   302    404  |  403   403   403   |  403   403   403   |  403    403
requests.submit               POST   draft     |   401    302   403    404  |  403   403   403   |  403   403   403   |  403    403
requests.withdraw             POST   proposed  |   401    302   403    404  |  403   403   403   |  403   403   403   |  403    403
requests.route                POST   to_route  |   401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
requests.drop                 POST   proposed  |   401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
requests.cancel               POST   proposed  |   401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
requests.lead                 POST   together  |   401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
requests.accept               POST   proposed  |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
requests.decline              POST   proposed  |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
requests.take                 POST   proposed  |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
requests.assign               POST   proposed  |   401    403   403    403  |  403   302   403   |  403   403   403   |  403    403
requests.chase                POST   waiting   |   401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
requests.chase_answer         POST   held      |   401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
requests.ask_news             POST   forgotten |   401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
requests.go_on                POST   accepted  |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
stuck.index                   GET    waiting   |   in     403   403    403  |  403   403   403   |  200   200   200   |  403    403
stuck.quiet                   GET    accepted  |   in     403   403    403  |  200   200   200   |  403   403   403   |  403    403
stuck.put_off                 POST   waiting   |   401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
stuck.take_up                 POST   waiting   |   401    403   403    403  |  403   403   403   |  302   404   302   |  403    403
requests.ask                  POST   proposed  |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
requests.answer               POST   on_hold   |   401    302   403    404  |  403   403   403   |  403   403   403   |  403    403
requests.change_referent      POST   accepted  |   401    403   403    403  |  403   302   403   |  403   403   403   |  403    403
requests.hand_back            POST   accepted  |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
requests.complete             POST   accepted  |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
requests.reopen               POST   completed |   401    302   403    404  |  302   302   404   |  302   404   302   |  403    403
requests.add_information      POST   proposed  |   401    302   403    404  |  403   403   403   |  403   403   403   |  403    403
requests.remind               POST   overdue   |   401    302   403    404  |  403   403   403   |  403   403   403   |  403    403
requests.thank                POST   completed |   401    302   403    404  |  403   403   403   |  403   403   403   |  403    403
conversation.show             GET    proposed  |   in     200    200    404  |  200   200   404   |  200   404   200   |  403    403
conversation.say              POST   proposed  |   401    302    302    404  |  302   302   404   |  302   404   302   |  403    403
conversation.keep             POST   proposed  |   401    204    204    404  |  204   204   404   |  204   404   204   |  403    403
guest_pages.show              GET    guest     |   200    200    200    200  |  200   200   200   |  200   200   200   |  200    200
guest_pages.say               POST   guest     |   302    302    302    302  |  302   302   302   |  302   302   302   |  302    302
guest_pages.document          GET    guest_doc |   200    200    200    200  |  200   200   200   |  200   200   200   |  200    200
guest_pages.invite            GET    proposed  |   in     200    403    404  |  200   200   404   |  200   404   200   |  403    403
guest_pages.invite            POST   proposed  |   401    302    403    404  |  302   302   404   |  302   404   302   |  403    403
guest_pages.end               POST   guest     |   401    302    403    404  |  404   404   404   |  302   404   302   |  403    403
requests.take_back            POST   acted     |   401    409   409    404  |  302   409   404   |  409   404   409   |  403    403
interventions.plan            GET    accepted  |   in     403   403    403  |  200   200   404   |  403   403   403   |  403    403
interventions.plan            POST   accepted  |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
interventions.log             GET    accepted  |   in     403   403    403  |  200   200   404   |  403   403   403   |  403    403
interventions.log             POST   accepted  |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
interventions.log_planned     GET    planned   |   in     403   403    403  |  200   200   404   |  403   403   403   |  403    403
interventions.log_planned     POST   planned   |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
interventions.correct         GET    done      |   in     403   403    403  |  200   200   404   |  403   403   403   |  403    403
interventions.correct         POST   done      |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
interventions.part            GET    shared    |   in     403   403    403  |  200   200   404   |  403   403   403   |  403    403
interventions.part            POST   shared    |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
interventions.call_off        GET    planned   |   in     403   403    403  |  200   200   404   |  403   403   403   |  403    403
interventions.call_off        POST   planned   |   401    403   403    403  |  302   302   404   |  403   403   403   |  403    403
home.administration           GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
people.index                  GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
people.show                   GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
people.view_as                GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
people.view_as                POST   none      |   401    403   403    403  |  403   403   403   |  403   403   302   |  403    403
people.stop_viewing           POST   none      |   401    302   302    302  |  302   302   302   |  302   302   302   |  302    302
journal.index                 GET    none      |   in     403   403    403  |  403   403   403   |  403   403   200   |  403    403
journal.export                POST   none      |   401    403   403    403  |  403   403   403   |  403   403   200   |  403    403
"""
# fmt: on

# Doors that nobody needs to sign in for. Adding one is a decision: write it here, and its row above.
PUBLIC = frozenset(
    {
        "static",
        "home.index",
        "home.how_to_apply",
        "home.legal",
        "home.privacy",
        "home.accessibility",
        "home.style_guide",
        "home.help_and_contact",
        "home.site_map",
        "home.health",
        "home.robots",
        "home.set_language",
        "catalogue.index",
        "guide.index",
        "catalogue.show",
        *OPEN_SESSIONS,
        "register.index",
        "register.chart",
        "register.show",
        "search.index",
        # whoever applies or was asked to join a conversation has no account: the mailed link is the key
        "applications.begin",
        "applications.lost_link",
        "applications.link_sent",
        "applications.follow",
        "applications.write",
        "applications.documents",
        "applications.own_document",
        "applications.detach",
        "applications.send",
        "applications.discard",
        "applications.answer",
        "applications.withdraw",
        "guests.accept",
        "guests.ask_again",
        "guest_pages.show",
        "guest_pages.say",
        "guest_pages.document",
        "security.login",
        "security.logout",
        "security.forgot_password",
        "security.reset_password",
        "safety.confirm_address",
        "safety.stop_address",
        "safety.second_step",
        "notifications.less_often",
        "calendars.feed",
        "by_mail.show",
        "by_mail.act",
        "by_mail.take_back",
        *OPEN_WORDS,
        "reply_by_mail.show",
        "reply_by_mail.say",
        "notifications.preview_list",
        "notifications.preview",
        "notifications.mailbox",
        "notifications.mailbox_email",
    }
)

# Doors that ask for a recent sign-in (`fresh=True`): what would harm a person or many if somebody else sat down there.
SENSITIVE = frozenset(
    {
        "teams.change_role",
        "teams.invite",
        "personal_data.close_now",
        "personal_data.copy",
        "personal_data.download",
        "people.view_as",
        "transfers.apply",
        "transfers.download_report",
        "transfers.export",
        "journal.export",
        "safety.change_address",
        "safety.manage_passkeys",
        "safety.remove_application",
        "safety.remove_passkey",
        "safety.renew_recovery_codes",
        "safety.set_up_application",
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `answers` by persona."""

    endpoint: str
    method: str
    stage: str
    answers: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} ({self.stage})"

    def who_gets(self, *answers: str) -> list[str]:
        return [persona for persona, answer in self.answers.items() if answer in answers]


def _row(line: str) -> Row:
    endpoint, method, stage, *answers = line.replace("|", " ").split()
    return Row(endpoint, method, stage, dict(zip(PERSONAS, answers, strict=True)))


_PARTS = (TABLE.partition("\n")[2].partition("\n")[2], *BESIDE)
ROWS = tuple(_row(line) for part in _PARTS for line in part.strip().splitlines())
