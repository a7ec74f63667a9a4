using System.Text;

namespace OrleansBroker.Micro.Matching;

/// <summary>Filters and topics of many plants: of each plant's hundred filters 80 are exact, 15 have a <c>+</c> and 5 end with <c>#</c>.</summary>
internal static class PlantFilters
{
    private const int PerPlant = 100;
    private const int Exact = 80;
    private const int SingleLevel = 95;
    private const int Seed = 17;

    public static byte[] Filter(int number)
    {
        var (plant, place) = (number / PerPlant, number % PerPlant);
        var text = place < Exact ? $"plant/{plant}/sensor/{place}/state"
            : place < SingleLevel ? $"plant/{plant}/+/{place - Exact}/state"
            : $"plant/{plant}/sensor/{place - SingleLevel}/#";
        return Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Topics that match between one and three filters, in no order.</summary>
    public static byte[][] Topics(int filters, int count)
    {
        var random = new Random(Seed);
        var topics = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            var plant = random.Next(Math.Max(1, filters / PerPlant));
            topics[i] = Encoding.UTF8.GetBytes($"plant/{plant}/sensor/{(filters < PerPlant ? 0 : random.Next(Exact))}/state");
        }

        return topics;
    }
}
