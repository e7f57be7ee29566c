"""What each partner gives to an intervention, and which poles it is for"""

import sqlalchemy as sa
from alembic import op

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None

_BESIDE = ('preparation', 'travel', 'write_up')
_OLD = ['state', 'on', 'assignment_id', 'minutes']
_NEW = ['state', 'on', 'id', 'assignment_id', 'minutes']


def upgrade() -> None:
    op.create_table('contribution',
    sa.Column('intervention_id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('practitioners', sa.Integer(), nullable=False),
    *(sa.Column(name, sa.Integer(), nullable=False) for name in _BESIDE),
    sa.CheckConstraint('practitioners >= 0', name=op.f('ck_contribution_practitioners_counted')),
    *(sa.CheckConstraint(f'{name} >= 0 AND {name} % 15 = 0', name=op.f(f'ck_contribution_quarter_hours_of_{name}')) for name in _BESIDE),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_contribution_assignment_id_assignment')),
    sa.ForeignKeyConstraint(['intervention_id'], ['intervention.id'], name=op.f('fk_contribution_intervention_id_intervention'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('intervention_id', 'assignment_id', name=op.f('pk_contribution'))
    )
    op.create_index(op.f('ix_contribution_assignment_id'), 'contribution', ['assignment_id'], unique=False)
    op.create_index('ix_contribution_usage', 'contribution', ['intervention_id', 'assignment_id', 'practitioners', *_BESIDE], unique=False)
    op.create_table('also_served',
    sa.Column('intervention_id', sa.Integer(), nullable=False),
    sa.Column('pole_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['intervention_id'], ['intervention.id'], name=op.f('fk_also_served_intervention_id_intervention'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['pole_id'], ['organisation.id'], name=op.f('fk_also_served_pole_id_organisation')),
    sa.PrimaryKeyConstraint('intervention_id', 'pole_id', name=op.f('pk_also_served'))
    )
    op.create_index(op.f('ix_also_served_pole_id'), 'also_served', ['pole_id'], unique=False)
    with op.batch_alter_table('practice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('assignment_id', sa.Integer(), nullable=True))
    op.execute(sa.text('UPDATE practice SET assignment_id = (SELECT assignment_id FROM intervention WHERE intervention.id = practice.intervention_id)'))
    with op.batch_alter_table('practice', schema=None) as batch_op:
        batch_op.alter_column('assignment_id', existing_type=sa.Integer(), nullable=False)
        batch_op.create_foreign_key(op.f('fk_practice_assignment_id_assignment'), 'assignment', ['assignment_id'], ['id'])
        batch_op.create_index(op.f('ix_practice_assignment_id'), ['assignment_id'], unique=False)
    # One that is done was done by somebody, even where the names of who came have been removed.
    op.execute(sa.text(
        "INSERT INTO contribution (intervention_id, assignment_id, practitioners, preparation, travel, write_up)"
        " SELECT id, assignment_id, CASE WHEN came = 0 AND state = 'done' THEN 1 ELSE came END, 0, 0, 0"
        " FROM (SELECT id, assignment_id, state,"
        " (SELECT count(*) FROM practice WHERE practice.intervention_id = intervention.id) AS came FROM intervention) AS held"
    ))
    with op.batch_alter_table('intervention', schema=None) as batch_op:
        batch_op.drop_index('ix_intervention_state_on_assignment_id_minutes')
        batch_op.create_index('ix_intervention_usage', _NEW, unique=False)


def downgrade() -> None:
    with op.batch_alter_table('intervention', schema=None) as batch_op:
        batch_op.drop_index('ix_intervention_usage')
        batch_op.create_index('ix_intervention_state_on_assignment_id_minutes', _OLD, unique=False)
    with op.batch_alter_table('practice', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_practice_assignment_id'))
        batch_op.drop_constraint(op.f('fk_practice_assignment_id_assignment'), type_='foreignkey')
        batch_op.drop_column('assignment_id')
    op.drop_table('also_served')
    op.drop_table('contribution')
