using Webhooks.Core.Deliveries;
using Webhooks.Core.Health;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Health;

/// <summary>Whatever happens in whatever order: the row says what the rule says, told here once more, one result after the other.</summary>
public sealed class CircuitSequenceTests : DatabaseTest
{
    private const int Sequences = 10;
    private const int Steps = 80;
    private const int MostAtOnce = 4;
    private const int OpensAfter = 10;

    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(10);
    private static readonly int[] _faults = [500, 502, 503, 429];
    private static readonly int[] _answers = [200, 204, 301, 404];

    [Fact]
    public async Task After_any_sequence_of_results_probes_and_pauses_the_circuit_is_as_the_rule_says()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var opened = 0;
        for (var sequence = 0; sequence < Sequences; sequence++)
        {
            opened += await RunAsync(random, $"Seed {seed}, sequence {sequence}");
        }

        Assert.True(opened > Sequences, $"Seed {seed}: circuits were opened {opened} times only.");
    }

    /// <returns>How often the circuit opened.</returns>
    private async Task<int> RunAsync(Random random, string name)
    {
        var org = Guid.NewGuid();
        var webhook = await AddWebhookAsync(org);
        var pauses = new WebhookPauses(Database);
        var circuit = new Circuit();
        var outstanding = new List<(ClaimedDelivery Claim, int Era)>();
        var healthy = random.NextDouble() / 5;
        for (var step = 0; step < Steps; step++)
        {
            string what;
            switch (random.Next(8))
            {
                case 0:
                    what = "the pause ends";
                    await ExecuteAsync(
                        """
                        UPDATE webhook_health SET paused_until = now() - interval '1 ms'
                        WHERE webhook_id = $1 AND paused_until IS NOT NULL
                        """,
                        webhook);
                    circuit.EndPause();
                    break;
                case 1:
                    what = "somebody asks to probe";
                    Assert.Equal(circuit.TryProbe(), await pauses.TryProbeAsync(webhook, _lease, Cancel) is null);
                    break;
                case 2 or 3:
                    what = "deliveries are claimed";
                    var wanted = random.Next(1, 2 * MostAtOnce);
                    await PublishManyAsync(org, wanted);
                    var claims = await Deliveries.ClaimDueAsync(wanted, _lease, Cancel);
                    outstanding.AddRange(claims.Select(claim => (claim, circuit.Era)));
                    break;
                default:
                    what = await RecordAsync(random, healthy, outstanding, circuit);
                    break;
            }

            Assert.True(
                circuit.ToString() == await StateAsync(webhook),
                $"{name}, step {step}, {what}: it should be {circuit}, and is {await StateAsync(webhook)}");
        }

        return circuit.Era;
    }

    /// <summary>Records some results of one era: a batch that mixes them is as good as two.</summary>
    private async Task<string> RecordAsync(
        Random random, double healthy, List<(ClaimedDelivery Claim, int Era)> outstanding, Circuit circuit)
    {
        if (outstanding.Count == 0)
        {
            return "nothing";
        }

        var era = outstanding[random.Next(outstanding.Count)].Era;
        var taken = outstanding.Where(item => item.Era == era).Take(random.Next(1, MostAtOnce)).ToList();
        outstanding.RemoveAll(taken.Contains);
        var answers = taken.Select(_ => random.NextDouble() < healthy).ToList();
        await Deliveries.RecordAsync(
            [
                .. taken.Zip(answers, (item, answered) => answered
                    ? item.Claim.Answered(_answers[random.Next(_answers.Length)])
                    : random.Next(2) == 0 ? item.Claim.NotAnswered() : item.Claim.Answered(_faults[random.Next(_faults.Length)])),
            ],
            Cancel);
        circuit.Record(era, answers);
        return $"{string.Join(", ", answers.Select(answered => answered ? "answered" : "not answered"))}, claimed in era {era}";
    }

    private Task<string?> StateAsync(Guid webhook) => QueryAsync<string?>(
        """
        SELECT format('openings %s, probing %s, paused %s',
                      openings, CASE WHEN probing THEN 'True' ELSE 'False' END,
                      CASE WHEN paused_until > now() THEN 'True' ELSE 'False' END)
        FROM webhook_health WHERE webhook_id = $1
        """,
        webhook);

    /// <summary>The rule. Eras begin when the circuit opens: what was claimed before says nothing any more.</summary>
    private sealed class Circuit
    {
        private int _faults;
        private int _openings;
        private bool _isProbing;
        private bool _isPaused;

        public int Era { get; private set; }

        public override string ToString() => $"openings {_openings}, probing {_isProbing}, paused {_isPaused}";

        public void EndPause() => _isPaused = false;

        /// <returns>Whether whoever asks may make an attempt.</returns>
        public bool TryProbe()
        {
            if (_isPaused)
            {
                return false;
            }

            _isPaused = _isProbing = _openings > 0;
            return true;
        }

        public void Record(int era, IReadOnlyList<bool> answers)
        {
            if (era < Era)
            {
                return;
            }

            foreach (var answered in answers)
            {
                _faults = answered ? 0 : _faults + 1;
                if (answered && _openings > 0)
                {
                    _openings = 0;
                    _isProbing = _isPaused = false;
                }
            }

            if (_openings == 0 ? _faults >= OpensAfter : _isProbing && answers.Contains(false))
            {
                _openings++;
                Era++;
                _isProbing = false;
                _isPaused = true;
            }
        }
    }
}
