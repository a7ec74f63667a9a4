using Azure;
using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>Changes of one partition that are made together or not at all.</summary>
internal sealed class AzureTransaction(AzureTable table)
{
    /// <summary>The service's.</summary>
    public const int MaxActions = 100;

    /// <summary>The service takes 4 MiB of text, in which bytes stand as 4 characters for 3: 2.5 MiB make 3.4, and the rest is names and headers of 100 actions.</summary>
    public const int MaxBytes = 5 * 512 * 1024;

    private readonly List<TableTransactionAction> _actions = [];

    public int Count => _actions.Count;

    /// <summary>Returns its place.</summary>
    public int Add(TableEntity entity) => Append(TableTransactionActionType.Add, entity, default);

    public int Put(TableEntity entity) => Append(TableTransactionActionType.UpsertReplace, entity, default);

    /// <summary>Only if the entity is still the one with that tag.</summary>
    public int Update(TableEntity entity, ETag tag) => Append(TableTransactionActionType.UpdateReplace, entity, tag);

    /// <summary>As <see cref="Update"/>, but what the entity does not name stays.</summary>
    public int Merge(TableEntity entity, ETag tag) => Append(TableTransactionActionType.UpdateMerge, entity, tag);

    public int Delete(string partition, string row, ETag tag) => Append(TableTransactionActionType.Delete, new TableEntity(partition, row), tag);

    public int Delete(string partition, string row) => Delete(partition, row, ETag.All);

    /// <summary>The answers, by place.</summary>
    public async Task<IReadOnlyList<Response>> SubmitAsync(CancellationToken cancellation) =>
        _actions.Count == 0 ? [] : await table.SubmitAsync(_actions, cancellation).ConfigureAwait(false);

    /// <summary>Null when somebody else was faster; nothing was done then.</summary>
    public async Task<IReadOnlyList<Response>?> TrySubmitAsync(CancellationToken cancellation)
    {
        try
        {
            return await SubmitAsync(cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException failure) when (AzureTable.IsConflict(failure))
        {
            return null;
        }
    }

    /// <summary>The tag of the entity that an action has written.</summary>
    public static ETag TagOf(Response answer) => answer.Headers.ETag ?? throw new InvalidDataException("The service names no tag of what it has written.");

    private int Append(TableTransactionActionType type, TableEntity entity, ETag tag)
    {
        _actions.Add(new TableTransactionAction(type, entity, tag));
        return _actions.Count - 1;
    }
}
